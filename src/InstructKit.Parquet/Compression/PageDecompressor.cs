using System.Buffers;
using System.IO.Compression;
using InstructKit.Compression;

namespace InstructKit.Parquet.Compression;

/// <summary>Decompresses pages of a column. The size that a page header claims is trusted only up to the codec's maximum ratio; brotli, which has no useful
/// bound, is decompressed into a buffer that grows with the actual output.</summary>
internal static class PageDecompressor
{
    // Deflate: 258 bytes from two bits, so 1032 to one (zlib's technical page).
    private const int MaxDeflateRatio = 1032;
    private const int FirstBrotliBytes = 1 << 20;

    /// <summary>The codec, if this reader supports it.</summary>
    public static ParquetCodec Require(int codec) => (ParquetCodec)codec switch
    {
        ParquetCodec.Lzo => throw ParquetException.Unsupported("the codec LZO is not supported"),
        ParquetCodec.Uncompressed or ParquetCodec.Snappy or ParquetCodec.Gzip or ParquetCodec.Brotli
            or ParquetCodec.Lz4 or ParquetCodec.Zstd or ParquetCodec.Lz4Raw => (ParquetCodec)codec,
        _ => throw ParquetException.Unsupported($"codec {codec} is not known"),
    };

    /// <summary>Puts <paramref name="expected"/> bytes at <paramref name="start"/> of the buffer, which grows as needed.</summary>
    public static void Decompress(ParquetCodec codec, ReadOnlyMemory<byte> source, PageBuffer buffer, int start, int expected)
    {
        if (expected == 0) return;

        switch (codec)
        {
            case ParquetCodec.Snappy:
                SnappyDecoder.Start(source.Span, source.Length, expected);
                SnappyDecoder.Decode(source.Span, buffer.Reserve(start, expected));
                break;
            case ParquetCodec.Lz4Raw:
                CheckRatio(source.Length, expected, Lz4Decoder.MaxRatio);
                if (!Lz4Decoder.TryDecode(source.Span, buffer.Reserve(start, expected))) throw ParquetException.Corrupt("an LZ4 block is broken");

                break;
            case ParquetCodec.Lz4:
                CheckRatio(source.Length, expected, Lz4Decoder.MaxRatio);
                var target = buffer.Reserve(start, expected);
                if (!Lz4Decoder.TryDecodeHadoop(source.Span, target) && !Lz4Decoder.TryDecode(source.Span, target))
                    throw ParquetException.Corrupt("an LZ4 block is broken");

                break;
            case ParquetCodec.Gzip:
                CheckRatio(source.Length, expected, MaxDeflateRatio);
                Gunzip(source, buffer.Reserve(start, expected));
                break;
            case ParquetCodec.Zstd: Unzstd(source.Span, buffer, start, expected); break;
            case ParquetCodec.Brotli: Unbrotli(source.Span, buffer, start, expected); break;
            default:
                if (source.Length != expected)
                    throw ParquetException.Corrupt($"a page that is not compressed has {source.Length} bytes where its header says {expected}");

                source.Span.CopyTo(buffer.Reserve(start, expected));
                break;
        }
    }

    private static void CheckRatio(int source, int expected, int ratio)
    {
        if (expected > ((long)source + 1) * ratio)
            throw ParquetException.Corrupt($"a page of {source} bytes cannot hold the {expected} bytes that its header claims");
    }

    private static void Gunzip(ReadOnlyMemory<byte> source, Span<byte> target)
    {
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(source, out var array);
        using var packed = new MemoryStream(array.Array ?? [], array.Offset, array.Count, false);
        using var stream = new GZipStream(packed, CompressionMode.Decompress);
        try
        {
            stream.ReadExactly(target);
            if (stream.ReadByte() < 0) return;
        }
        catch (Exception problem) when (problem is InvalidDataException or EndOfStreamException)
        {
            throw ParquetException.Corrupt("gzip data are broken or shorter than the page header says", problem);
        }

        throw ParquetException.Corrupt("gzip data are longer than the page header says");
    }

    private static void Unzstd(ReadOnlySpan<byte> source, PageBuffer buffer, int start, int expected)
    {
        try
        {
            if (Zstandard.MayHold(source, expected) && Zstandard.Decode(source, buffer.Reserve(start, expected)) == expected) return;
        }
        catch (InvalidDataException problem)
        {
            throw ParquetException.Corrupt($"a zstd frame is broken: {problem.Message}", problem);
        }

        throw ParquetException.Corrupt("a zstd frame is broken or holds another number of bytes than the page header says");
    }

    private static void Unbrotli(ReadOnlySpan<byte> source, PageBuffer buffer, int start, int expected)
    {
        using var decoder = new BrotliDecoder();
        var room = Math.Min(expected, Math.Max(FirstBrotliBytes, source.Length));
        var written = 0;
        while (true)
        {
            var target = buffer.Reserve(start + written, room - written);
            var status = decoder.Decompress(source, target, out var read, out var made);
            source = source[read..];
            written += made;
            if (status == OperationStatus.Done && written == expected) return;

            if (status != OperationStatus.DestinationTooSmall || room == expected)
                throw ParquetException.Corrupt("brotli data are broken or of another length than the page header says");

            room = (int)Math.Min(expected, room * 2L);
        }
    }
}
