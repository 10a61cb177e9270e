using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Sources.Files;

/// <summary>
/// fsync with its result checked. <c>FileStream.Flush(true)</c> and <c>RandomAccess.FlushToDisk</c> swallow the error on Linux (seen with EIO and
/// ENOSPC injected), so that a file could be called whole that never reached the disk.
/// </summary>
internal static partial class Durable
{
    // SYNC_FILE_RANGE_WRITE of sync_file_range(2).
    private const uint BeginWriting = 2;

    /// <summary>Flushes a file to the disk.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public static void Sync(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsWindows()) RandomAccess.FlushToDisk(file);
        else if (FSync(file) != 0) throw Failure(path);
    }

    /// <summary>
    /// Asks the system to begin writing a part of a file to the disk, so that less is left to wait for in <see cref="Sync"/>. Linux only; promises nothing,
    /// and so has no errors: those come out when the file is flushed.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="from">First byte.</param>
    /// <param name="count">Bytes.</param>
    public static void BeginSync(SafeFileHandle file, long from, long count)
    {
        if (OperatingSystem.IsLinux()) _ = SyncFileRange(file, from, count, BeginWriting);
    }

    /// <summary>Flushes a folder, so that a rename in it lasts. A no-op on Windows, where folders cannot be flushed.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;

        // .NET cannot open a folder; the system can.
        var handle = Open(path, 0);
        if (handle < 0) throw Failure(path);

        var result = FSyncRaw(handle);
        var failure = result != 0 ? Failure(path) : null;
        _ = Close(handle);
        if (failure is not null) throw failure;
    }

    /// <summary>Flushes many files of one folder tree: on Linux all at once, with the file system that they are on; elsewhere one after the other.</summary>
    /// <param name="folder">A folder on the same file system.</param>
    /// <param name="files">The files.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public static void SyncAll(string folder, IEnumerable<string> files)
    {
        if (OperatingSystem.IsLinux())
        {
            var handle = Open(folder, 0);
            if (handle < 0) throw Failure(folder);

            var failure = SyncFileSystem(handle) != 0 ? Failure(folder) : null;
            _ = Close(handle);
            if (failure is not null) throw failure;

            return;
        }

        foreach (var path in files)
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            Sync(file, path);
        }
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

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSyncRaw(int file);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFileSystem(int file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);
}
