namespace InstructKit.Parquet;

/// <summary>How a file is written.</summary>
public sealed record ParquetWriterOptions
{
    /// <summary>The defaults.</summary>
    public static ParquetWriterOptions Default { get; } = new();

    /// <summary>
    /// Compression: uncompressed, snappy or zstd. The bytes of zstd depend on the version of the system's libzstd; the others are ours and do not change.
    /// </summary>
    public ParquetCodec Codec
    {
        get;
        init => field = value is ParquetCodec.Uncompressed or ParquetCodec.Snappy or ParquetCodec.Zstd
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "only uncompressed, snappy and zstd are written");
    } = ParquetCodec.Snappy;

    /// <summary>True when this machine can write a codec: zstd needs the system's libzstd.</summary>
    public static bool IsAvailable(ParquetCodec codec) => codec != ParquetCodec.Zstd || Compression.ZstdLibrary.IsAvailable;

    /// <summary>Level of zstd.</summary>
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
