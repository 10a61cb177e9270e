using InstructKit.Parquet.Compression;

namespace InstructKit.Parquet.Reading;

/// <summary>A Zstandard page in a window. The library keeps a window of its own, whose size the frame tells; it is counted like a buffer.</summary>
internal sealed class ZstdPageStream : PageStream
{
    // Tables and buffers of the library besides its window.
    private const long StateBytes = 512 << 10;

    private readonly PackedBytes _packed;
    private readonly PageMemory _memory;
    private readonly long _charged;
    private nint _stream;
    private bool _isInFrame = true;

    /// <summary>Begins with a page.</summary>
    /// <param name="packed">The page in the file.</param>
    /// <param name="memory">What the library's window is counted by.</param>
    /// <param name="windowBytes">Size of the library's window.</param>
    /// <param name="buffer">Holds our window.</param>
    /// <param name="length">Length of the page when it is decompressed.</param>
    /// <param name="held">Bytes of the page that are held.</param>
    public ZstdPageStream(PackedBytes packed, PageMemory memory, long windowBytes, PageBuffer buffer, int length, int held)
        : base(buffer, length, held)
    {
        _packed = packed;
        _memory = memory;
        memory.Charge(windowBytes + StateBytes);
        _charged = windowBytes + StateBytes;
        _stream = ZstdLibrary.Instance.OpenStream(windowBytes);
    }

    ~ZstdPageStream() => Free();

    public override void Dispose()
    {
        if (_stream != 0)
        {
            Free();
            _memory.Release(_charged);
        }

        base.Dispose();
        GC.SuppressFinalize(this);
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
        var result = ZstdLibrary.Instance.Continue(_stream, _packed.Peek(), target, out var isInFrame);
        _isInFrame = result.Read > 0 || result.Written > 0 ? isInFrame : _isInFrame;
        _packed.Advance(result.Read);
        return result;
    }

    private void Free()
    {
        if (_stream != 0)
        {
            ZstdLibrary.Instance.CloseStream(_stream);
            _stream = 0;
        }
    }
}
