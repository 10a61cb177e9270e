namespace InstructKit.Parquet;

/// <summary>
/// Bounds within which a file is believed. The defaults leave room for what DuckDB, Arrow and Spark write (DuckDB's pages reach 100 MB) and keep a file
/// that lies about its sizes from taking memory.
/// </summary>
public sealed record ParquetReaderOptions
{
    /// <summary>The defaults.</summary>
    public static ParquetReaderOptions Default { get; } = new();

    /// <summary>Largest footer, in bytes.</summary>
    public int MaxFooterBytes { get; init; } = 32 << 20;

    /// <summary>
    /// Most bytes that the pages, dictionaries and read-ahead of all columns that are read take at a time. Pages of plain values are held a window at
    /// a time, so that their size does not count; of those of other encodings one per column is held whole.
    /// </summary>
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

    /// <summary>
    /// Whether page checksums are compared where the file has them. Off by default, as in the other readers: the public test files with wrong checksums
    /// are expected to be readable.
    /// </summary>
    public bool VerifyChecksums { get; init; }

    /// <summary>Rows that one call of <see cref="ParquetRowReader.Read"/> gives at most.</summary>
    public int BatchRows { get; init; } = 4096;

    /// <summary>Bytes after which a batch is closed, even with few rows.</summary>
    public int BatchBytes { get; init; } = 4 << 20;
}
