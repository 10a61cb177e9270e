using InstructKit.Sources.Files;

namespace InstructKit.Sinks;

/// <summary>Holds an output folder for one build: an exclusively opened file, which on Unix is an advisory lock of the system (flock). The system releases it
/// however the process ends; the file itself is removed by a build that ends properly, and records the state of a killed one.</summary>
internal sealed class FolderLock
{
    /// <summary>Name of the lock file.</summary>
    public const string Name = "lock";

    private const string FreshMark = "fresh";
    private const int Attempts = 100;

    private readonly string _path;
    private readonly FileStream _file;

    private FolderLock(string path, FileStream file, bool wasFresh)
    {
        _path = path;
        _file = file;
        WasFresh = wasFresh;
    }

    /// <summary>True when a killed process had started in a folder without an earlier build, so its content is from that process.</summary>
    public bool WasFresh { get; }

    /// <summary>Acquires the lock without waiting.</summary>
    /// <param name="folder">Folder of the lock file; created if missing.</param>
    /// <param name="shown">The output folder, as shown in messages.</param>
    /// <exception cref="DiagnosticException">Another process holds it (IK4006).</exception>
    /// <exception cref="IOException">The lock file cannot be created.</exception>
    public static FolderLock Take(string folder, string shown)
    {
        var path = Path.Combine(folder, Name);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                Durable.MakeFolder(folder);
                Durable.Before(DiskStep.Open, path);
                var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 });
                // A process that just ended may have removed the file between our opening and our locking it.
                if (IsCurrent(file, path)) return new FolderLock(path, file, Read(file) == FreshMark);

                file.Dispose();
            }
            catch (DirectoryNotFoundException) when (attempt < Attempts)
            {
                // The process that held the folder removed it when it ended.
            }
            catch (IOException exception) when (IsHeld(exception))
            {
                throw new DiagnosticException(
                    new Diagnostic(SinkCodes.FolderBusy, Severity.Error, $"Another process is building in '{shown}'.")
                    { Hint = "Wait until it ends, or name another folder with --out." },
                    exception);
            }
        }
    }

    /// <summary>Records whether the folder has no earlier build, so that everything in it is from this build.</summary>
    public void Describe(bool isFresh)
    {
        Durable.Before(DiskStep.Write, _path);
        _file.SetLength(0);
        _file.Position = 0;
        _file.Write(Encoding.ASCII.GetBytes(isFresh ? FreshMark : "replacing"));
    }

    /// <summary>Removes the file and releases the lock. It is removed first, while no other process can hold it.</summary>
    /// <param name="keepsMark">True to leave the file because its record about the folder is still valid.</param>
    /// <exception cref="IOException">The file cannot be removed; the lock is released anyway.</exception>
    public void Release(bool keepsMark)
    {
        try
        {
            // Windows cannot remove an open file; a process that opens it in between keeps it.
            if (!keepsMark && !OperatingSystem.IsWindows()) Durable.Delete(_path);
        }
        finally
        {
            _file.Dispose();
        }

        if (!keepsMark && OperatingSystem.IsWindows()) Durable.Delete(_path);
    }

    private static bool IsCurrent(FileStream file, string path)
    {
        try
        {
            return OperatingSystem.IsWindows() || FileStamp.Of(file.SafeFileHandle).Identity == FileStamp.Of(path).Identity;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    // The system's error for "held by another process": EWOULDBLOCK on Linux and on macOS, ERROR_SHARING_VIOLATION on Windows.
    private static bool IsHeld(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static string Read(FileStream file)
    {
        Span<byte> text = stackalloc byte[64];
        return Encoding.ASCII.GetString(text[..file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false)]);
    }
}
