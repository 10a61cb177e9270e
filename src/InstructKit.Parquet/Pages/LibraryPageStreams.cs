using System.IO.Compression;
using System.Numerics;
using InstructKit.Compression;
using InstructKit.Parquet.Compression;

namespace InstructKit.Parquet.Pages;

/// <summary>A gzip or brotli page in a window.</summary>
internal sealed class InflatedPageStream : PageStream
{
    // Memory for the tables and small buffers of either decompressor.
    private const int StateBytes = 64 << 10;

    private readonly PackedBytes _packed;
    private readonly PageMemory _memory;
    private readonly Stream _stream;
    private readonly string _codec;
    private long _charged;

    /// <summary>Starts reading a page.</summary>
    /// <param name="lookBack">Window size of a brotli page, in bytes.</param>
    public InflatedPageStream(in PackedPage page, int lookBack)
        : base(page)
    {
        _memory = page.Memory;
        _memory.Charge(StateBytes + lookBack);
        _charged = StateBytes + lookBack;
        _packed = new PackedBytes(page.Window, page.Packed);
        var isGzip = page.Codec == ParquetCodec.Gzip;
        _codec = isGzip ? "gzip" : "brotli";
        _stream = isGzip ? new GZipStream(_packed, CompressionMode.Decompress, leaveOpen: true) : new BrotliStream(_packed, CompressionMode.Decompress, leaveOpen: true);
    }

    public override void Dispose()
    {
        _stream.Dispose();
        _memory.Release(_charged);
        _charged = 0;
        base.Dispose();
    }

    /// <summary>Window size of a brotli stream, which its first byte states (RFC 7932, section 9.1).</summary>
    public static int BrotliWindow(ReadOnlySpan<byte> packed)
    {
        var head = packed.IsEmpty ? 0 : packed[0];
        var bits = (head & 1) == 0 ? 16 : ((head >> 1) & 7) is not 0 and var large ? 17 + large : ((head >> 4) & 7) is not 0 and var small ? 8 + small : 17;
        return 1 << bits;
    }

    protected override bool Produce(int until, bool mayMove)
    {
        while (Ready < until)
        {
            var count = Read(Target[Ready..]);
            Made(Ready + (count > 0 ? count : throw Broken(null)));
        }

        return true;
    }

    protected override void End()
    {
        Span<byte> more = stackalloc byte[1];
        if (Read(more) > 0) throw ParquetException.Corrupt($"{_codec} data are longer than the page header says");

        _packed.PassRest();
    }

    private int Read(Span<byte> target)
    {
        try
        {
            return _stream.Read(target);
        }
        catch (Exception problem) when (problem is InvalidDataException or InvalidOperationException)
        {
            throw Broken(problem);
        }
    }

    private ParquetException Broken(Exception? problem) => ParquetException.Corrupt($"{_codec} data are broken or shorter than the page header says", problem);
}

/// <summary>A Zstandard page in a window. The library keeps its own window, whose size the frame states; it is counted like a buffer.</summary>
internal sealed class ZstdPageStream : PageStream
{
    // Tables and buffers of the library in addition to its window.
    private const long StateBytes = 512 << 10;

    private readonly PackedBytes _packed;
    private readonly PageMemory _memory;
    private readonly long _charged;
    private readonly ZstdDecoder _decoder;
    private bool _isInFrame = true;
    private bool _isDisposed;

    /// <summary>Starts reading a page.</summary>
    /// <param name="windowBytes">Its window size.</param>
    public ZstdPageStream(in PackedPage page, long windowBytes)
        : base(page)
    {
        _packed = new PackedBytes(page.Window, page.Packed);
        _memory = page.Memory;
        _charged = windowBytes + StateBytes;
        _memory.Charge(_charged);
        _decoder = new ZstdDecoder(Math.Clamp(64 - BitOperations.LeadingZeroCount((ulong)windowBytes), 10, 31));
    }

    public override void Dispose()
    {
        if (_isDisposed) return;

        _isDisposed = true;
        _decoder.Dispose();
        _memory.Release(_charged);
        base.Dispose();
    }

    protected override bool Produce(int until, bool mayMove)
    {
        while (Ready < until)
        {
            var (read, written) = Step(Target[Ready..]);
            if (read == 0 && written == 0) throw ParquetException.Corrupt("zstd data are shorter than the page header says");

            Made(Ready + written);
        }

        return true;
    }

    protected override void End()
    {
        Span<byte> more = stackalloc byte[1];
        while (true)
        {
            var (read, written) = Step(more);
            if (written > 0) throw ParquetException.Corrupt("zstd data are longer than the page header says");

            if (read == 0) break;
        }

        if (_isInFrame) throw ParquetException.Corrupt("a zstd frame is cut short");

        _packed.PassRest();
    }

    private (int Read, int Written) Step(Span<byte> target)
    {
        try
        {
            var result = _decoder.Step(_packed.Peek(), target, out var isInFrame);
            _isInFrame = result.Read > 0 || result.Written > 0 ? isInFrame : _isInFrame;
            _packed.Advance(result.Read);
            return result;
        }
        catch (InvalidDataException problem)
        {
            throw ParquetException.Corrupt($"a zstd frame is broken: {problem.Message}", problem);
        }
    }
}
