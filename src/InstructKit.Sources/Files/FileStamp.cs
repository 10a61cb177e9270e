using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Sources.Files;

/// <summary>The stamps of the files of a source, taken before any of it is hashed or read: if they are the same afterwards, hash and rows come from the
/// same bytes. A replaced file is detected, too.</summary>
internal sealed class SourceStamps
{
    private readonly List<(SourceFile File, FileStamp Stamp)> _stamps;

    /// <summary>Takes the stamps; a member of an archive counts as its archive.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">A file does not exist (IK3001).</exception>
    public SourceStamps(IEnumerable<SourcePart> parts) =>
        _stamps = [.. parts.SelectMany(part => part.Files).Select(file => file with { Path = Archive.FileOf(file.Path) }).DistinctBy(file => file.Path).Select(file => (file, Of(file)))];

    /// <summary>Compares the stamps with the current ones.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">A file changed or is gone (IK3024, IK3001).</exception>
    public void RequireUnchanged()
    {
        foreach (var (file, stamp) in _stamps)
        {
            if (Of(file) != stamp) throw SourceError.Changed(file.Name);
        }
    }

    private static FileStamp Of(SourceFile file) => InputFile.Guard(file, () => FileStamp.Of(file.Path));
}

/// <summary>What the file system records about a file's content. Two equal stamps mean that nothing was written in between, as far as the
/// file system keeps time: a stamp is taken before a file is hashed or read and compared when the work is done.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Modified">Time of the last write, in units of the file system; used only for comparison.</param>
/// <param name="Changed">Time of the last change of content or attributes, which no program can set; 0 if the system does not provide it.</param>
/// <param name="Identity">Number of the file in its file system, so that a replacement differs; 0 if the system does not provide it.</param>
internal readonly partial record struct FileStamp(long Length, long Modified, long Changed, ulong Identity)
{
    private const int CurrentFolder = -100, EmptyPath = 0x1000, BasicStats = 0x7FF;
    private const int TypeMask = 0xF000, Pipe = 0x1000, CharacterDevice = 0x2000, BlockDevice = 0x6000, Socket = 0xC000;

    /// <summary>The stamp of a file, through links.</summary>
    /// <exception cref="IOException">There is no such file.</exception>
    public static FileStamp Of(string path)
    {
        Span<byte> status = stackalloc byte[256];
        if (TryStat(CurrentFolder, path, 0, status)) return Read(status);

        var info = new FileInfo(path);
        info = info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;
        return new FileStamp(info.Length, info.LastWriteTimeUtc.Ticks, 0, 0);
    }

    /// <summary>The stamp of an open file.</summary>
    public static FileStamp Of(SafeFileHandle file)
    {
        Span<byte> status = stackalloc byte[256];
        return TryStat((int)file.DangerousGetHandle(), string.Empty, EmptyPath, status)
            ? Read(status)
            : new FileStamp(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file).Ticks, 0, 0);
    }

    /// <summary>The kind of a path that is neither a file nor a folder (a pipe, a device, a socket); otherwise null. Opening a pipe would wait for its writer.</summary>
    public static string? SpecialKind(string path)
    {
        Span<byte> status = stackalloc byte[256];
        if (!TryStat(CurrentFolder, path, 0, status)) return null;

        return (BinaryPrimitives.ReadUInt16LittleEndian(status[28..]) & TypeMask) switch
        {
            Pipe => "a pipe",
            CharacterDevice or BlockDevice => "a device",
            Socket => "a socket",
            _ => null,
        };
    }

    // struct statx is the same on every architecture of Linux.
    private static FileStamp Read(ReadOnlySpan<byte> status) => new(
        BinaryPrimitives.ReadInt64LittleEndian(status[40..]),
        (BinaryPrimitives.ReadInt64LittleEndian(status[112..]) * 1_000_000_000) + BinaryPrimitives.ReadUInt32LittleEndian(status[120..]),
        (BinaryPrimitives.ReadInt64LittleEndian(status[96..]) * 1_000_000_000) + BinaryPrimitives.ReadUInt32LittleEndian(status[104..]),
        BinaryPrimitives.ReadUInt64LittleEndian(status[32..]));

    private static bool TryStat(int folder, string path, int flags, Span<byte> status)
    {
        if (!OperatingSystem.IsLinux()) return false;

        try
        {
            return Statx(folder, path, flags, BasicStats, ref MemoryMarshal.GetReference(status)) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false; // a C library older than the call
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte status);
}
