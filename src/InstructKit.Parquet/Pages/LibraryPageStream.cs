using System.IO.Compression;
using System.Numerics;
using InstructKit.Compression;
using InstructKit.Parquet.Compression;

namespace InstructKit.Parquet.Pages;

/// <summary>A page in a window that a library's stream decompresses; an uncompressed one is such a stream itself.</summary>
internal sealed class LibraryPageStream : PageStream
{
    private readonly PackedBytes _packed;
    private readonly PageMemory _memory;
    private readonly Stream _stream;
    private readonly string _codec;
    private long _charged;

    /// <summary>Starts reading a page.</summary>
    /// <param name="lookBack">Window size of a brotli or Zstandard page, in bytes, which the library holds.</param>
    public LibraryPageStream(in PackedPage page, long lookBack = 0)
        : base(page)
    {
        // Tables and small buffers of the libraries, in addition.
        var charge = lookBack + page.Codec switch { ParquetCodec.Uncompressed => 0, ParquetCodec.Zstd => 512 << 10, _ => 64 << 10 };
        _memory = page.Memory;
        _memory.Charge(charge);
        _charged = charge;
        _codec = page.Codec.ToString().ToLowerInvariant();
        _packed = new PackedBytes(page.Window, page.Packed);
        _stream = page.Codec switch
        {
            ParquetCodec.Gzip => new GZipStream(_packed, CompressionMode.Decompress, leaveOpen: true),
            ParquetCodec.Brotli => new BrotliStream(_packed, CompressionMode.Decompress, leaveOpen: true),
            ParquetCodec.Zstd => new ZstdStream(_packed, Math.Clamp(64 - BitOperations.LeadingZeroCount((ulong)lookBack), 10, 31)),
            _ => _packed,
        };
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
