using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Sources.Files;

/// <summary>fsync with its result checked. <c>FileStream.Flush(true)</c> and <c>RandomAccess.FlushToDisk</c> swallow the error on Linux (seen with EIO and
/// ENOSPC injected), so a file could be reported complete that never reached the disk.</summary>
internal static partial class Durable
{
    /// <summary>Called before each step that changes the disk, with its path; tests use it to make steps fail. Null in production.</summary>
    internal static Action<DiskStep, string>? Faults { get; set; }

    /// <summary>Announces a step that is about to change the disk.</summary>
    public static void Before(DiskStep step, string path) => Faults?.Invoke(step, path);

    /// <summary>Renames a file or a folder; a file replaces an existing one.</summary>
    /// <exception cref="IOException">The system call failed.</exception>
    public static void Rename(string from, string to)
    {
        Before(DiskStep.Rename, to);
        if (Directory.Exists(from)) Directory.Move(from, to);
        else File.Move(from, to, overwrite: true);
    }

    /// <summary>Creates a folder unless it exists.</summary>
    /// <exception cref="IOException">The system call failed.</exception>
    public static void MakeFolder(string path)
    {
        if (Directory.Exists(path)) return;

        Before(DiskStep.MakeFolder, path);
        Directory.CreateDirectory(path);
    }

    /// <summary>Deletes a file, or a folder with everything in it; links are not followed. Nothing happens where there is neither.</summary>
    /// <exception cref="IOException">The system call failed.</exception>
    public static void Delete(string path)
    {
        if (!Path.Exists(path)) return;

        Before(DiskStep.Delete, path);
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        else File.Delete(path);
    }

    // SYNC_FILE_RANGE_WRITE of sync_file_range(2).
    private const uint BeginWriting = 2;

    /// <summary>Flushes a file to the disk.</summary>
    /// <exception cref="IOException">The write failed.</exception>
    public static void Sync(SafeFileHandle file, string path)
    {
        Before(DiskStep.Flush, path);
        if (OperatingSystem.IsWindows()) RandomAccess.FlushToDisk(file);
        else if (FSync(file) != 0) throw Failure(path);
    }

    /// <summary>Asks the system to begin writing a part of a file to the disk, so that less remains to wait for in <see cref="Sync"/>. Linux only; promises
    /// nothing, so it has no errors: those surface when the file is flushed.</summary>
    /// <param name="from">First byte.</param>
    /// <param name="count">Bytes.</param>
    public static void BeginSync(SafeFileHandle file, long from, long count)
    {
        if (OperatingSystem.IsLinux()) _ = SyncFileRange(file, from, count, BeginWriting);
    }

    /// <summary>Flushes a folder, so that a rename in it lasts. A no-op on Windows, where folders cannot be flushed.</summary>
    /// <exception cref="IOException">The write failed.</exception>
    public static void SyncFolder(string path)
    {
        Before(DiskStep.Flush, path);
        if (OperatingSystem.IsWindows()) return;

        using var folder = OpenFolder(path);
        if (FSync(folder) != 0) throw Failure(path);
    }

    /// <summary>Flushes many files of one folder tree: on Linux all at once, by syncing their file system; elsewhere one by one.</summary>
    /// <param name="folder">A folder on the same file system.</param>
    /// <exception cref="IOException">The write failed.</exception>
    public static void SyncAll(string folder, IEnumerable<string> files)
    {
        if (OperatingSystem.IsLinux())
        {
            using var handle = OpenFolder(folder);
            if (SyncFileSystem(handle) != 0) throw Failure(folder);

            return;
        }

        foreach (var path in files)
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            Sync(file, path);
        }
    }

    // .NET cannot open a folder; the system can.
    private static SafeFileHandle OpenFolder(string path)
    {
        var folder = Open(path, 0);
        return folder.IsInvalid ? throw Failure(path) : folder;
    }

    private static IOException Failure(string path)
    {
        var errno = Marshal.GetLastPInvokeError();
        return new IOException($"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}): '{path}'", errno);
    }

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncFileRange(SafeFileHandle file, long from, long count, uint flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFileSystem(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}

/// <summary>A step that changes the disk.</summary>
internal enum DiskStep
{
    /// <summary>A file is created.</summary>
    Open,

    /// <summary>Bytes are written.</summary>
    Write,

    /// <summary>A file or folder is flushed to the disk.</summary>
    Flush,

    /// <summary>A file or folder is renamed.</summary>
    Rename,

    /// <summary>A folder is created.</summary>
    MakeFolder,

    /// <summary>A file or folder is deleted.</summary>
    Delete,
}
