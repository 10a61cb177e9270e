using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace InstructKit.Compression;

/// <summary>Zstandard (RFC 8878), which .NET 10 does not have. It is always written by ZstdSharp, so the bytes are the same on every machine, and read by
/// the system's libzstd where there is one, which takes 55 to 75 % of the time, otherwise by ZstdSharp, within the same limits.</summary>
internal static unsafe class Zstandard
{
    private static readonly Lazy<NativeZstd?> Loaded = new(NativeZstd.Load);

    /// <summary>The magic number that begins every frame.</summary>
    public static ReadOnlySpan<byte> Magic => [0x28, 0xB5, 0x2F, 0xFD];

    /// <summary>The system's library; null if there is none.</summary>
    public static NativeZstd? Library => Loaded.Value;

    /// <summary>Window size of the frame at the start of the source, which a stream must hold (RFC 8878, section 3.1.1.1); null if there is no
    /// such frame.</summary>
    public static long? WindowOf(ReadOnlySpan<byte> source)
    {
        if (source.Length < 14 || !source.StartsWith(Magic)) return null;

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

    /// <summary>Whether the frames' headers allow <paramref name="expected"/> bytes of content; checked before memory is allocated for them.</summary>
    public static bool MayHold(ReadOnlySpan<byte> source, int expected)
    {
        fixed (byte* from = source)
        {
            var size = Methods.ZSTD_getFrameContentSize(from, (nuint)source.Length);
            if (size == unchecked(0UL - 2)) return false; // ZSTD_CONTENTSIZE_ERROR

            var isUnknown = size == unchecked(0UL - 1); // ZSTD_CONTENTSIZE_UNKNOWN
            return isUnknown || size == (ulong)expected || Methods.ZSTD_findFrameCompressedSize(from, (nuint)source.Length) != (nuint)source.Length;
        }
    }

    /// <summary>Decompresses all frames of the source at once and returns the number of bytes.</summary>
    /// <exception cref="InvalidDataException">They are damaged, or do not fit into the target.</exception>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target, bool managed = false)
    {
        fixed (byte* from = source, to = target)
        {
            return (int)Checked(Library is { } library && !managed
                ? library.Decompress(to, (nuint)target.Length, from, (nuint)source.Length)
                : Methods.ZSTD_decompress(to, (nuint)target.Length, from, (nuint)source.Length));
        }
    }

    /// <summary>A stream that writes compressed frames, each with the checksum of its content. Disposing it ends the last frame.</summary>
    /// <param name="target">Where the frames go.</param>
    /// <param name="level">1 (fast) to 22.</param>
    /// <param name="leaveOpen">Whether the target stays open.</param>
    public static Stream OpenWrite(Stream target, int level, bool leaveOpen = false)
    {
        var stream = new CompressionStream(target, level, 0, leaveOpen);
        stream.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return stream;
    }

    /// <summary>The result of a call, unless it is an error; the error codes are the same in both libraries.</summary>
    internal static nuint Checked(nuint result) => Methods.ZSTD_isError(result) ? throw new InvalidDataException(Methods.ZSTD_getErrorName(result)) : result;
}

/// <summary>Decompresses frames incrementally. Not thread-safe.</summary>
internal sealed unsafe class ZstdDecoder : IDisposable
{
    private readonly NativeZstd? _library;
    private nint _context;

    /// <summary>Creates a decompressor positioned before a frame.</summary>
    /// <param name="maxWindowLog">Binary logarithm of the largest window that a frame may use, which is what is held in memory; the library's own limit is 27.</param>
    /// <param name="managed">Whether to avoid the system's library.</param>
    public ZstdDecoder(int maxWindowLog = 27, bool managed = false)
    {
        _library = managed ? null : Zstandard.Library;
        _context = _library is { } library ? library.CreateStream() : (nint)Methods.ZSTD_createDStream();
        if (_library is not null) _library.SetParameter(_context, (int)ZSTD_dParameter.ZSTD_d_windowLogMax, maxWindowLog);
        else Methods.ZSTD_DCtx_setParameter((ZSTD_DCtx_s*)_context, ZSTD_dParameter.ZSTD_d_windowLogMax, maxWindowLog);
    }

    ~ZstdDecoder() => Free();

    /// <summary>Consumes part of the source and fills part of the target.</summary>
    /// <param name="source">What follows the bytes taken so far.</param>
    /// <param name="isInFrame">Whether a frame has begun and not ended.</param>
    /// <exception cref="InvalidDataException">The frame is damaged, or its window is larger than allowed.</exception>
    public (int Read, int Written) Step(ReadOnlySpan<byte> source, Span<byte> target, out bool isInFrame)
    {
        fixed (byte* from = source, to = target)
        {
            var input = new ZSTD_inBuffer_s { src = from, size = (nuint)source.Length };
            var output = new ZSTD_outBuffer_s { dst = to, size = (nuint)target.Length };
            isInFrame = Zstandard.Checked(_library is { } library
                ? library.Continue(_context, &output, &input)
                : Methods.ZSTD_decompressStream((ZSTD_DCtx_s*)_context, &output, &input)) != 0;
            return ((int)input.pos, (int)output.pos);
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_context == 0) return;

        if (_library is { } library) library.FreeStream(_context);
        else Methods.ZSTD_freeDStream((ZSTD_DCtx_s*)_context);

        _context = 0;
    }
}

/// <summary>The content of consecutive frames, to the last byte; damage is an <see cref="InvalidDataException"/>.</summary>
/// <param name="packed">The frames; the stream is left open.</param>
/// <param name="maxWindowLog">As for <see cref="ZstdDecoder"/>.</param>
internal sealed class ZstdStream(Stream packed, int maxWindowLog = 27) : ReadOnlyStream
{
    private readonly ZstdDecoder _decoder = new(maxWindowLog);
    private readonly byte[] _input = new byte[1 << 16];
    private int _position;
    private int _end;
    private bool _isInFrame;
    private bool _holdsOutput;

    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_position == _end && !_holdsOutput)
            {
                (_position, _end) = (0, packed.Read(_input));
                if (_end == 0) return _isInFrame ? throw new InvalidDataException("the last frame is truncated") : 0;
            }

            var (read, written) = _decoder.Step(_input.AsSpan(_position.._end), buffer, out _isInFrame);
            _position += read;

            // A full buffer may have left output in the decoder that needs no more input.
            _holdsOutput = _isInFrame && written == buffer.Length;
            if (written > 0) return written;
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        _decoder.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Compresses blocks, each to one frame; memory is reused. Not thread-safe.</summary>
/// <param name="level">1 (fast) to 22.</param>
internal sealed class ZstdEncoder(int level) : IDisposable
{
    private readonly Compressor _compressor = new(level);

    /// <summary>Largest possible size of a frame of <paramref name="length"/> bytes.</summary>
    public static int Bound(int length) => Compressor.GetCompressBound(length);

    /// <summary>Compresses into the target, which must have room for <see cref="Bound"/> bytes, and returns the frame's size.</summary>
    public int Encode(ReadOnlySpan<byte> source, Span<byte> target) => _compressor.Wrap(source, target);

    public void Dispose() => _compressor.Dispose();
}

/// <summary>The system's libzstd, through the few functions of its stable API that reading needs.</summary>
internal sealed unsafe class NativeZstd
{
    private NativeZstd(nint library)
    {
        CreateStream = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "ZSTD_createDStream");
        FreeStream = (delegate* unmanaged<nint, nuint>)NativeLibrary.GetExport(library, "ZSTD_freeDStream");
        SetParameter = (delegate* unmanaged<nint, int, int, nuint>)NativeLibrary.GetExport(library, "ZSTD_DCtx_setParameter");
        Continue = (delegate* unmanaged<nint, ZSTD_outBuffer_s*, ZSTD_inBuffer_s*, nuint>)NativeLibrary.GetExport(library, "ZSTD_decompressStream");
        Decompress = (delegate* unmanaged<byte*, nuint, byte*, nuint, nuint>)NativeLibrary.GetExport(library, "ZSTD_decompress");
    }

    public delegate* unmanaged<nint> CreateStream { get; }

    public delegate* unmanaged<nint, nuint> FreeStream { get; }

    public delegate* unmanaged<nint, int, int, nuint> SetParameter { get; }

    public delegate* unmanaged<nint, ZSTD_outBuffer_s*, ZSTD_inBuffer_s*, nuint> Continue { get; }

    public delegate* unmanaged<byte*, nuint, byte*, nuint, nuint> Decompress { get; }

    /// <summary>Finds the library; null if the system has none.</summary>
    public static NativeZstd? Load()
    {
        // Homebrew's folder is not on the loader's path on Apple silicon.
        string[] names = OperatingSystem.IsWindows() ? ["libzstd.dll", "zstd.dll"]
            : OperatingSystem.IsMacOS() ? ["libzstd.1.dylib", "/opt/homebrew/lib/libzstd.1.dylib", "/usr/local/lib/libzstd.1.dylib"]
            : ["libzstd.so.1", "libzstd.so"];
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library)) return new NativeZstd(library);
        }

        return null;
    }
}
