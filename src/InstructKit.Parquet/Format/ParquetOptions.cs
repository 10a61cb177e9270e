namespace InstructKit.Parquet.Format;

/// <summary>Compression of pages; numbers as in parquet.thrift.</summary>
public enum ParquetCodec
{
    /// <summary>None.</summary>
    Uncompressed = 0,

    /// <summary>Snappy: fast, moderate ratio.</summary>
    Snappy = 1,

    /// <summary>Gzip.</summary>
    Gzip = 2,

    /// <summary>LZO; not supported.</summary>
    Lzo = 3,

    /// <summary>Brotli.</summary>
    Brotli = 4,

    /// <summary>LZ4 in Hadoop's frames; deprecated by the format.</summary>
    Lz4 = 5,

    /// <summary>Zstandard.</summary>
    Zstd = 6,

    /// <summary>LZ4 blocks.</summary>
    Lz4Raw = 7,
}

/// <summary>Limits within which a file is trusted. The defaults leave room for what DuckDB, Arrow and Spark write (DuckDB's pages reach 100 MB) and keep a
/// file that lies about its sizes from exhausting memory.</summary>
public sealed record ParquetReaderOptions
{
    /// <summary>The defaults.</summary>
    public static ParquetReaderOptions Default { get; } = new();

    /// <summary>Largest footer, in bytes.</summary>
    public int MaxFooterBytes { get; init; } = 32 << 20;

    /// <summary>Most memory that pages, dictionaries and read-ahead of all columns read use at once, in bytes. Pages of plain values are held a window at
    /// a time, so their size does not count; of those of other encodings one per column is held whole.</summary>
    public long MaxBufferBytes { get; init; } = 256 << 20;

    /// <summary>Largest page after decompression that has to be held whole, in bytes.</summary>
    public int MaxPageBytes { get; init; } = 128 << 20;

    /// <summary>Most values (nulls included) in one page.</summary>
    public int MaxPageValues { get; init; } = 1 << 26;

    /// <summary>Most row groups in a file.</summary>
    public int MaxRowGroups { get; init; } = 1 << 18;

    /// <summary>Most rows in one row group.</summary>
    public long MaxRowGroupRows { get; init; } = 1 << 26;

    /// <summary>Largest row after conversion, in bytes.</summary>
    public int MaxRowBytes { get; init; } = 64 << 20;

    /// <summary>Most elements in the schema, groups included.</summary>
    public int MaxSchemaElements { get; init; } = 100_000;

    /// <summary>Deepest nesting of the schema.</summary>
    public int MaxSchemaDepth { get; init; } = 100;

    /// <summary>Whether page checksums are verified where the file has them. Off by default, as in the other readers: the public test files with wrong
    /// checksums are expected to be readable.</summary>
    public bool VerifyChecksums { get; init; }

    /// <summary>Whether decimals with a fraction are returned as text, inside JSON too. As numbers they have all their digits as well, but whoever parses
    /// such a number as a double, as most JSON readers do, loses some. Off by default.</summary>
    public bool DecimalsAsText { get; init; }

    /// <summary>Most rows read into one batch.</summary>
    public int BatchRows { get; init; } = 4096;

    /// <summary>Bytes after which a batch is closed, even with few rows.</summary>
    public int BatchBytes { get; init; } = 4 << 20;
}

/// <summary>How a file is written.</summary>
public sealed record ParquetWriterOptions
{
    /// <summary>The defaults.</summary>
    public static ParquetWriterOptions Default { get; } = new();

    /// <summary>Compression: uncompressed, snappy or zstd. The bytes are the same on every machine.</summary>
    public ParquetCodec Codec
    {
        get;
        init => field = IsAvailable(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "only uncompressed, snappy and zstd are written");
    } = ParquetCodec.Snappy;

    /// <summary>True for the codecs that can be written.</summary>
    public static bool IsAvailable(ParquetCodec codec) => codec is ParquetCodec.Uncompressed or ParquetCodec.Snappy or ParquetCodec.Zstd;

    /// <summary>Zstandard compression level.</summary>
    public int ZstdLevel { get; init; } = 3;

    /// <summary>Size before compression at which a page is closed, in bytes.</summary>
    public int PageBytes { get; init; } = 1 << 20;

    /// <summary>Size before compression at which a row group is closed, in bytes. The hub asks for about 100 MB.</summary>
    public int RowGroupBytes { get; init; } = 100_000_000;

    /// <summary>Size at which the dictionary of a column is closed, in bytes; zero writes no dictionaries.</summary>
    public int DictionaryBytes { get; init; } = 1 << 20;

    /// <summary>Pairs for the footer's key-value metadata, in the order given.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];
}
