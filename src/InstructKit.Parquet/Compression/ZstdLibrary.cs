using System.Runtime.InteropServices;
using System.Text;

namespace InstructKit.Parquet.Compression;

/// <summary>The system's libzstd, through the few functions of its stable API that are needed.</summary>
internal sealed unsafe class ZstdLibrary
{
    private const ulong ContentSizeUnknown = ulong.MaxValue;
    private const ulong ContentSizeError = ulong.MaxValue - 1;

    private static readonly Lazy<ZstdLibrary?> Loaded = new(() => ZstdHandle.Value is { } library ? new ZstdLibrary(library) : null);

    private readonly delegate* unmanaged<byte*, nuint, byte*, nuint, nuint> _decompress;
    private readonly delegate* unmanaged<byte*, nuint, byte*, nuint, int, nuint> _compress;
    private readonly delegate* unmanaged<nuint, nuint> _compressBound;
    private readonly delegate* unmanaged<nuint, uint> _isError;
    private readonly delegate* unmanaged<nuint, byte*> _errorName;
    private readonly delegate* unmanaged<byte*, nuint, ulong> _contentSize;
    private readonly delegate* unmanaged<byte*, nuint, nuint> _frameSize;

    private ZstdLibrary(nint library)
    {
        _decompress = (delegate* unmanaged<byte*, nuint, byte*, nuint, nuint>)NativeLibrary.GetExport(library, "ZSTD_decompress");
        _compress = (delegate* unmanaged<byte*, nuint, byte*, nuint, int, nuint>)NativeLibrary.GetExport(library, "ZSTD_compress");
        _compressBound = (delegate* unmanaged<nuint, nuint>)NativeLibrary.GetExport(library, "ZSTD_compressBound");
        _isError = (delegate* unmanaged<nuint, uint>)NativeLibrary.GetExport(library, "ZSTD_isError");
        _errorName = (delegate* unmanaged<nuint, byte*>)NativeLibrary.GetExport(library, "ZSTD_getErrorName");
        _contentSize = (delegate* unmanaged<byte*, nuint, ulong>)NativeLibrary.GetExport(library, "ZSTD_getFrameContentSize");
        _frameSize = (delegate* unmanaged<byte*, nuint, nuint>)NativeLibrary.GetExport(library, "ZSTD_findFrameCompressedSize");
    }

    /// <summary>True when the system has the library.</summary>
    public static bool IsAvailable => Loaded.Value is not null;

    /// <summary>The library; an error that says what to install where there is none.</summary>
    public static ZstdLibrary Instance => Loaded.Value ?? throw new ParquetException(
        ParquetErrorCodes.NoZstandard,
        "the pages are compressed with Zstandard and libzstd was not found; install it (Debian: libzstd1, Fedora: libzstd, macOS: brew install zstd)");

    /// <summary>Refuses a source whose frames declare another size than the page header, before anybody makes room for it.</summary>
    public void CheckSize(ReadOnlySpan<byte> source, int expected)
    {
        fixed (byte* from = source)
        {
            var size = _contentSize(from, (nuint)source.Length);
            var isWhole = _frameSize(from, (nuint)source.Length) == (nuint)source.Length;
            if (size == ContentSizeError || (size != ContentSizeUnknown && isWhole && size != (ulong)expected))
            {
                throw ParquetException.Corrupt("a zstd frame is broken or holds another number of bytes than the page header says");
            }
        }
    }

    /// <summary>Fills the target exactly.</summary>
    public void Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        fixed (byte* from = source, to = target)
        {
            var size = _decompress(to, (nuint)target.Length, from, (nuint)source.Length);
            if (_isError(size) != 0)
            {
                throw ParquetException.Corrupt($"a zstd frame is broken: {Marshal.PtrToStringUTF8((nint)_errorName(size))}");
            }

            if (size != (nuint)target.Length)
            {
                throw ParquetException.Corrupt($"a zstd frame holds {size} bytes where the page header says {target.Length}");
            }
        }
    }

    /// <summary>Largest size that <see cref="Encode"/> may need.</summary>
    public int Bound(int length) => checked((int)_compressBound((nuint)length));

    /// <summary>Compresses into the target, which has room for <see cref="Bound"/> bytes, and returns how many it took.</summary>
    public int Encode(ReadOnlySpan<byte> source, Span<byte> target, int level)
    {
        fixed (byte* from = source, to = target)
        {
            var size = _compress(to, (nuint)target.Length, from, (nuint)source.Length, level);
            return _isError(size) == 0
                ? (int)size
                : throw new InvalidOperationException($"zstd: {Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(_errorName(size)))}");
        }
    }
}
