using Microsoft.Win32.SafeHandles;

namespace InstructKit.Sources.Files;

/// <summary>Files for what does not fit into memory. They have no name once they are open, so that not even a killed process leaves them behind.</summary>
internal static class TemporaryFile
{
    /// <summary>Makes an empty file, to be read and written; it ends with its handle.</summary>
    /// <param name="folder">Where it takes room; null for the folder for such files (TMPDIR).</param>
    public static SafeFileHandle Open(string? folder = null)
    {
        var path = Path.Combine(folder ?? Path.GetTempPath(), $"instructkit-{Guid.NewGuid():N}.tmp");
        // Windows deletes it when the process ends, however that happens.
        if (OperatingSystem.IsWindows()) return File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);

        var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        File.Delete(path);
        return handle;
    }
}
