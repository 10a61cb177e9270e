using InstructKit.Sources.Files;

namespace InstructKit.Sinks;

/// <summary>Holds an output folder for one build: an exclusively opened file, which on Unix is an advisory lock of the system (flock). The system releases it
/// when the process ends, however it ends; the file itself is removed by a build that ends properly, and says what a killed one was about.</summary>
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

    /// <summary>True when a killed process had begun in a folder without an earlier build, so that what is there is its own.</summary>
    public bool WasFresh { get; }

    /// <summary>Takes the lock at once.</summary>
    /// <param name="folder">Folder of the lock file; made when it is not there.</param>
    /// <param name="shown">The output folder, as messages name it.</param>
    /// <exception cref="DiagnosticException">Another process has it (IK4006).</exception>
    /// <exception cref="IOException">The lock file cannot be made.</exception>
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
                // The process that had the folder removed it on its way out.
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

    /// <summary>Writes down whether the folder has no earlier build, so that everything in it is this build's.</summary>
    public void Describe(bool isFresh)
    {
        Durable.Before(DiskStep.Write, _path);
        _file.SetLength(0);
        _file.Position = 0;
        _file.Write(Encoding.ASCII.GetBytes(isFresh ? FreshMark : "replacing"));
    }

    /// <summary>Removes the file and releases the lock. It is removed first, while no other process can have it.</summary>
    /// <param name="keepsMark">True to leave the file, for what it says about the folder still holds.</param>
    /// <exception cref="IOException">The file cannot be removed; the lock is released all the same.</exception>
    public void Release(bool keepsMark)
    {
        try
        {
            // Windows removes no open file; whoever opens it in between keeps it.
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

    // The system's "held by another": EWOULDBLOCK on Linux and on macOS, ERROR_SHARING_VIOLATION on Windows.
    private static bool IsHeld(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static string Read(FileStream file)
    {
        Span<byte> text = stackalloc byte[64];
        return Encoding.ASCII.GetString(text[..file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false)]);
    }
}
