using System.IO.Compression;
using InstructKit.Parquet.Compression;

namespace InstructKit.Parquet.Reading;

/// <summary>A gzip or brotli page in a window.</summary>
internal sealed class InflatedPageStream : PageStream
{
    // Tables and small buffers of either decompressor.
    private const int StateBytes = 64 << 10;

    private readonly PackedBytes _packed;
    private readonly PageMemory _memory;
    private readonly Stream _stream;
    private readonly string _codec;
    private long _charged;

    /// <summary>Begins with a page.</summary>
    /// <param name="packed">The page in the file.</param>
    /// <param name="codec">Gzip or brotli.</param>
    /// <param name="memory">What the decompressor's own memory is counted by.</param>
    /// <param name="buffer">Holds the window.</param>
    /// <param name="length">Length of the page when it is decompressed.</param>
    /// <param name="held">Bytes of the page that are held.</param>
    public InflatedPageStream(PackedBytes packed, ParquetCodec codec, PageMemory memory, PageBuffer buffer, int length, int held)
        : base(buffer, length, held)
    {
        _memory = memory;
        var state = StateBytes + (codec == ParquetCodec.Brotli ? BrotliWindow(packed.Peek()) : 0);
        memory.Charge(state);
        _charged = state;
        _packed = packed;
        _stream = codec == ParquetCodec.Gzip
            ? new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true)
            : new BrotliStream(packed, CompressionMode.Decompress, leaveOpen: true);
        _codec = codec == ParquetCodec.Gzip ? "gzip" : "brotli";
    }

    public override void Dispose()
    {
        _stream.Dispose();
        _memory.Release(_charged);
        _charged = 0;
        base.Dispose();
    }

    /// <summary>How far back a brotli stream looks, which its first byte tells (RFC 7932, section 9.1).</summary>
    public static int BrotliWindow(ReadOnlySpan<byte> packed)
    {
        var head = packed.IsEmpty ? 0 : packed[0];
        var bits = (head & 1) == 0 ? 16
            : ((head >> 1) & 7) is not 0 and var large ? 17 + large
            : ((head >> 4) & 7) is not 0 and var small ? 8 + small
            : 17;
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

    private ParquetException Broken(Exception? problem) =>
        ParquetException.Corrupt($"{_codec} data are broken or shorter than the page header says", problem);
}
