using InstructKit.Parquet.Compression;

namespace InstructKit.Parquet.Reading;

/// <summary>Chooses how a page is read a window at a time.</summary>
internal static class PageStreams
{
    public const string TwoSizes = "a page that is not compressed has two sizes";

    // What the codecs that say how far they look back need for that.
    private const int HeadBytes = 512;

    /// <summary>Begins with the page at which the file's window stands. Null where the page is better held whole, or can only be.</summary>
    /// <param name="window">The file's window.</param>
    /// <param name="codec">How the page is compressed.</param>
    /// <param name="packed">Length of the page in the file.</param>
    /// <param name="expected">Length of the page when it is decompressed.</param>
    /// <param name="held">Bytes of the page that are held.</param>
    /// <param name="isHuge">Whether the page is too large to be held whole.</param>
    /// <param name="memory">Lends what the codec needs.</param>
    /// <param name="buffer">Holds the page's window.</param>
    /// <exception cref="ParquetException">The page is not of these lengths.</exception>
    public static PageStream? Open(ChunkWindow window, ParquetCodec codec, int packed, int expected, int held, bool isHuge, PageMemory memory, PageBuffer buffer)
    {
        switch (codec)
        {
            case ParquetCodec.Uncompressed:
                return packed == expected ? new StoredPageStream(window, buffer, expected, held) : throw ParquetException.Corrupt(TwoSizes);
            case ParquetCodec.Snappy:
                return new SnappyPageStream(window, packed, buffer, expected, held);
            case ParquetCodec.Gzip:
                return new InflatedPageStream(new PackedBytes(window, packed), codec, memory, buffer, expected, held);
            case ParquetCodec.Lz4Raw:
                return new Lz4PageStream(new PackedBytes(window, packed), buffer, expected, held);
            case ParquetCodec.Brotli:
                return IsWorthwhile(InflatedPageStream.BrotliWindow(Head(window, packed)))
                    ? new InflatedPageStream(new PackedBytes(window, packed), codec, memory, buffer, expected, held)
                    : null;
            case ParquetCodec.Zstd:
                return ZstdLibrary.WindowOf(Head(window, packed)) is { } lookBack && lookBack < int.MaxValue && IsWorthwhile(lookBack)
                    ? new ZstdPageStream(new PackedBytes(window, packed), memory, lookBack, buffer, expected, held)
                    : null;
            default:
                return null;
        }

        // Where the library's own window is as large as the page nothing is won.
        bool IsWorthwhile(long lookBack) => isHuge || lookBack <= expected / 2;
    }

    private static ReadOnlySpan<byte> Head(ChunkWindow window, int packed) => window.Peek(Math.Min(packed, HeadBytes)).Span;
}
