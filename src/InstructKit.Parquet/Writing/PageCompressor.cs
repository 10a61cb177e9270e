using System.IO.Hashing;
using InstructKit.Compression;
using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Metadata;

namespace InstructKit.Parquet.Writing;

/// <summary>Compresses page bodies and prefixes them with headers with checksums.</summary>
internal sealed class PageCompressor(ParquetWriterOptions options) : IDisposable
{
    private readonly SnappyEncoder _snappy = new();
    private readonly ZstdEncoder _zstd = new(options.ZstdLevel);
    private byte[] _packed = [];

    public void Dispose() => _zstd.Dispose();

    /// <summary>A data page of version 1.</summary>
    public byte[] WriteData(ReadOnlySpan<byte> body, int valueCount, PageEncoding encoding, out int uncompressedBytes) =>
        Write(PageType.Data, body, header =>
        {
            header.StartStruct(5);
            header.WriteI32(1, valueCount);
            header.WriteI32(2, (int)encoding);
            header.WriteI32(3, (int)PageEncoding.Rle);
            header.WriteI32(4, (int)PageEncoding.Rle);
            header.EndStruct();
        }, out uncompressedBytes);

    public byte[] WriteDictionary(ReadOnlySpan<byte> body, int valueCount, out int uncompressedBytes) =>
        Write(PageType.Dictionary, body, header =>
        {
            header.StartStruct(7);
            header.WriteI32(1, valueCount);
            header.WriteI32(2, (int)PageEncoding.Plain);
            header.EndStruct();
        }, out uncompressedBytes);

    private byte[] Write(PageType type, ReadOnlySpan<byte> body, Action<ThriftWriter> writeRest, out int uncompressedBytes)
    {
        var packed = Compress(body);
        var header = new ThriftWriter();
        header.StartStruct();
        header.WriteI32(1, (int)type);
        header.WriteI32(2, body.Length);
        header.WriteI32(3, packed.Length);
        header.WriteI32(4, (int)Crc32.HashToUInt32(packed));
        writeRest(header);
        header.EndStruct();
        uncompressedBytes = header.Written.Length + body.Length;
        return [.. header.Written, .. packed];
    }

    private ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> body)
    {
        switch (options.Codec)
        {
            case ParquetCodec.Snappy:
                Reserve(SnappyEncoder.Bound(body.Length));
                return _packed.AsSpan(0, _snappy.Encode(body, _packed));
            case ParquetCodec.Zstd:
                Reserve(ZstdEncoder.Bound(body.Length));
                return _packed.AsSpan(0, _zstd.Encode(body, _packed));
            default: return body;
        }
    }

    private void Reserve(int count)
    {
        if (_packed.Length < count) _packed = new byte[Math.Max(count, Math.Min(Array.MaxLength, _packed.Length * 2L))];
    }
}
