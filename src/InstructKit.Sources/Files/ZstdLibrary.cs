using System.Runtime.InteropServices;
using InstructKit.Parquet.Compression;

namespace InstructKit.Sources.Files;

/// <summary>The system's libzstd: the four functions of its stable API that reading a stream takes.</summary>
internal sealed unsafe class ZstdLibrary
{
    private static readonly Lazy<ZstdLibrary?> Loaded = new(() => ZstdHandle.Value is { } library ? new ZstdLibrary(library) : null);

    private ZstdLibrary(nint library)
    {
        CreateStream = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "ZSTD_createDStream");
        FreeStream = (delegate* unmanaged<nint, nuint>)NativeLibrary.GetExport(library, "ZSTD_freeDStream");
        Decompress = (delegate* unmanaged<nint, ZstdBuffer*, ZstdBuffer*, nuint>)NativeLibrary.GetExport(library, "ZSTD_decompressStream");
        IsError = (delegate* unmanaged<nuint, uint>)NativeLibrary.GetExport(library, "ZSTD_isError");
    }

    /// <summary>The library; null where the system has none.</summary>
    public static ZstdLibrary? Instance => Loaded.Value;

    /// <summary><c>ZSTD_createDStream</c>.</summary>
    public delegate* unmanaged<nint> CreateStream { get; }

    /// <summary><c>ZSTD_freeDStream</c>.</summary>
    public delegate* unmanaged<nint, nuint> FreeStream { get; }

    /// <summary><c>ZSTD_decompressStream</c>: output first, input second; zero at the end of a frame.</summary>
    public delegate* unmanaged<nint, ZstdBuffer*, ZstdBuffer*, nuint> Decompress { get; }

    /// <summary><c>ZSTD_isError</c>.</summary>
    public delegate* unmanaged<nuint, uint> IsError { get; }
}
