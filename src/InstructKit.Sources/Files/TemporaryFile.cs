using Microsoft.Win32.SafeHandles;

namespace InstructKit.Sources.Files;

/// <summary>Files for data that does not fit into memory. They are unlinked once open, so not even a killed process leaves them behind.</summary>
internal static class TemporaryFile
{
    /// <summary>Creates an empty file for reading and writing; it is gone when its handle is closed.</summary>
    /// <param name="folder">The folder on whose file system it is stored; null for TMPDIR.</param>
    public static SafeFileHandle Open(string? folder = null)
    {
        var path = Path.Combine(folder ?? Path.GetTempPath(), $"instructkit-{Guid.NewGuid():N}.tmp");
        // Windows deletes it however the process ends.
        if (OperatingSystem.IsWindows()) return File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);

        var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        File.Delete(path);
        return handle;
    }
}
