using System.Runtime.InteropServices;

namespace InstructKit.Parquet.Compression;

/// <summary>Finds the system's libzstd, once for all who use it. .NET 10 has no Zstandard of its own.</summary>
internal static class ZstdHandle
{
    private static readonly Lazy<nint?> Loaded = new(Load);

    /// <summary>The loaded library; null where the system has none.</summary>
    public static nint? Value => Loaded.Value;

    private static nint? Load()
    {
        // Homebrew's folder is not on the loader's path on Apple silicon.
        string[] names = OperatingSystem.IsWindows() ? ["libzstd.dll", "zstd.dll"]
            : OperatingSystem.IsMacOS() ? ["libzstd.1.dylib", "/opt/homebrew/lib/libzstd.1.dylib", "/usr/local/lib/libzstd.1.dylib"]
            : ["libzstd.so.1", "libzstd.so"];
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library)) return library;
        }

        return null;
    }
}
