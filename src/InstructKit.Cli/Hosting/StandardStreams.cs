using System.Runtime.InteropServices;

namespace InstructKit.Cli.Hosting;

/// <summary>Standard streams missing at process start (<c>2&gt;&amp;-</c>). The system assigns their descriptors to the next files that are opened, so
/// that messages would end up in a dataset or in the runtime's own pipes.</summary>
internal static partial class StandardStreams
{
    private const int GetFlags = 3;
    private const int AccessMode = 3;
    private const string OwnFiles = "/proc/self/fd";

    // Number of files a small build has open at once, including assemblies being loaded.
    private const int Needed = 64;

    private static readonly bool[] Missing = new bool[3];

    /// <summary>True when standard output (1) or standard error (2) is not the actual stream; known after <see cref="Reserve"/>.</summary>
    public static bool IsMissing(int descriptor) => Missing[descriptor];

    /// <summary>Finds missing streams and keeps their descriptors from being used for files. Called once, before any file is opened.</summary>
    public static void Reserve()
    {
        if (OperatingSystem.IsWindows()) return;

        for (var descriptor = 0; descriptor < Missing.Length; descriptor++)
        {
            var flags = Control(descriptor, GetFlags);
            // The next file gets the lowest free descriptor. Read-only, so that writing to it fails.
            if (flags < 0) Missing[descriptor] = OpenFile("/dev/null"u8, 0) >= 0;
            else Missing[descriptor] = descriptor > 0 && ((flags & AccessMode) == 0 || IsOwn(descriptor));
        }
    }

    /// <summary>True when a handful of files can be opened. Without them the runtime fails where it opens its own (streams, libraries), and then ends the
    /// process.</summary>
    public static bool HasRoom()
    {
        if (OperatingSystem.IsWindows()) return true;

        Span<int> opened = stackalloc int[Needed];
        var count = 0;
        while (count < Needed && (opened[count] = OpenFile("/dev/null"u8, 0)) >= 0) count++;

        foreach (var descriptor in opened[..count]) _ = CloseFile(descriptor);

        return count == Needed;
    }

    /// <summary>Writes to standard error without a stream.</summary>
    public static void WriteRaw(ReadOnlySpan<byte> text)
    {
        if (!IsMissing(2)) _ = WriteFile(2, text, text.Length);
    }

    /// <summary>Standard error as text: UTF-8 without a byte order mark, line feeds. Failed writes are dropped, as they say nothing about the work.</summary>
    // An explicit stream: the console's own writer follows the locale's character set.
    public static TextWriter OpenError() => IsMissing(2) ? TextWriter.Null : new StreamWriter(new ForgivingStream(Console.OpenStandardError()), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };

    // A file of the runtime that got the descriptor before our code ran: an event, or a pipe whose other end is also ours.
    private static bool IsOwn(int descriptor)
    {
        if (!Directory.Exists(OwnFiles)) return false;

        var target = new FileInfo($"{OwnFiles}/{descriptor}").LinkTarget;
        return target is not null && (target.StartsWith("anon_inode:", StringComparison.Ordinal)
            || (target.StartsWith("pipe:", StringComparison.Ordinal) && Directory.EnumerateFiles(OwnFiles).Any(path => IsReadEnd(Path.GetFileName(path)) && new FileInfo(path).LinkTarget == target)));
    }

    private static bool IsReadEnd(string descriptor) => int.TryParse(descriptor, out var number) && number >= Missing.Length && (Control(number, GetFlags) & AccessMode) == 0;

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "open")]
    private static partial int OpenFile(ReadOnlySpan<byte> path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseFile(int descriptor);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint WriteFile(int descriptor, ReadOnlySpan<byte> bytes, nint count);

    /// <summary>A stream that drops what cannot be written.</summary>
    private sealed class ForgivingStream(Stream inner) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                inner.Write(buffer);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // There is nowhere else to report it.
            }
        }
    }
}
