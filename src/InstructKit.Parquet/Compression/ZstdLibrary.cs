using System.Buffers.Binary;
using System.Numerics;
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
    private readonly delegate* unmanaged<nint> _createStream;
    private readonly delegate* unmanaged<nint, nuint> _freeStream;
    private readonly delegate* unmanaged<nint, int, int, nuint> _setParameter;
    private readonly delegate* unmanaged<nint, ZstdSpan*, ZstdSpan*, nuint> _continue;

    private ZstdLibrary(nint library)
    {
        _decompress = (delegate* unmanaged<byte*, nuint, byte*, nuint, nuint>)NativeLibrary.GetExport(library, "ZSTD_decompress");
        _compress = (delegate* unmanaged<byte*, nuint, byte*, nuint, int, nuint>)NativeLibrary.GetExport(library, "ZSTD_compress");
        _compressBound = (delegate* unmanaged<nuint, nuint>)NativeLibrary.GetExport(library, "ZSTD_compressBound");
        _isError = (delegate* unmanaged<nuint, uint>)NativeLibrary.GetExport(library, "ZSTD_isError");
        _errorName = (delegate* unmanaged<nuint, byte*>)NativeLibrary.GetExport(library, "ZSTD_getErrorName");
        _contentSize = (delegate* unmanaged<byte*, nuint, ulong>)NativeLibrary.GetExport(library, "ZSTD_getFrameContentSize");
        _frameSize = (delegate* unmanaged<byte*, nuint, nuint>)NativeLibrary.GetExport(library, "ZSTD_findFrameCompressedSize");
        _createStream = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "ZSTD_createDStream");
        _freeStream = (delegate* unmanaged<nint, nuint>)NativeLibrary.GetExport(library, "ZSTD_freeDStream");
        _setParameter = (delegate* unmanaged<nint, int, int, nuint>)NativeLibrary.GetExport(library, "ZSTD_DCtx_setParameter");
        _continue = (delegate* unmanaged<nint, ZstdSpan*, ZstdSpan*, nuint>)NativeLibrary.GetExport(library, "ZSTD_decompressStream");
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
                throw ParquetException.Corrupt("a zstd frame is broken or holds another number of bytes than the page header says");
        }
    }

    /// <summary>Fills the target exactly.</summary>
    public void Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        fixed (byte* from = source, to = target)
        {
            var size = _decompress(to, (nuint)target.Length, from, (nuint)source.Length);
            if (_isError(size) != 0) throw ParquetException.Corrupt($"a zstd frame is broken: {Marshal.PtrToStringUTF8((nint)_errorName(size))}");

            if (size != (nuint)target.Length) throw ParquetException.Corrupt($"a zstd frame holds {size} bytes where the page header says {target.Length}");
        }
    }

    /// <summary>
    /// How far back the frame at the start of the source looks, which is what a stream must hold (RFC 8878, section 3.1.1.1); null where there is no such frame.
    /// </summary>
    public static long? WindowOf(ReadOnlySpan<byte> source)
    {
        if (source.Length < 14 || !source.StartsWith<byte>([0x28, 0xB5, 0x2F, 0xFD])) return null;

        var descriptor = source[4];
        if ((descriptor & 0x20) == 0)
        {
            var window = 1L << (10 + (source[5] >> 3));
            return window + (window / 8 * (source[5] & 7));
        }

        var size = source[(5 + (descriptor & 3) switch { 3 => 4, var bytes => bytes })..];
        return (descriptor >> 6) switch
        {
            0 => size[0],
            1 => BinaryPrimitives.ReadUInt16LittleEndian(size) + 256,
            2 => BinaryPrimitives.ReadUInt32LittleEndian(size),
            _ when size.Length >= 8 => (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(size), long.MaxValue),
            _ => null,
        };
    }

    /// <summary>Opens a stream whose frames look back at most as far as told; <see cref="CloseStream"/> closes it.</summary>
    public nint OpenStream(long windowBytes)
    {
        const int MaxWindowLog = 100; // ZSTD_d_windowLogMax
        var stream = _createStream();
        _setParameter(stream, MaxWindowLog, Math.Clamp(64 - BitOperations.LeadingZeroCount((ulong)windowBytes), 10, 31));
        return stream;
    }

    /// <summary>Closes a stream.</summary>
    public void CloseStream(nint stream) => _freeStream(stream);

    /// <summary>Takes some of the source and fills some of the target.</summary>
    public (int Read, int Written) Continue(nint stream, ReadOnlySpan<byte> source, Span<byte> target, out bool isInFrame)
    {
        fixed (byte* from = source, to = target)
        {
            var input = new ZstdSpan { Data = from, Size = (nuint)source.Length };
            var output = new ZstdSpan { Data = to, Size = (nuint)target.Length };
            var result = _continue(stream, &output, &input);
            if (_isError(result) != 0) throw ParquetException.Corrupt($"a zstd frame is broken: {Marshal.PtrToStringUTF8((nint)_errorName(result))}");

            isInFrame = result != 0;
            return ((int)input.Position, (int)output.Position);
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
