namespace InstructKit.Parquet.Metadata;

/// <summary>
/// Where the pages of one leaf column in one row group lie. Offsets are bytes from the start of the file. A value without references: a footer may list
/// millions of them.
/// </summary>
internal readonly record struct ColumnChunk
{
    public PhysicalType Type { get; init; }

    public int Codec { get; init; }

    public long ValueCount { get; init; }

    public long CompressedBytes { get; init; }

    public long DataPageOffset { get; init; }

    /// <summary>Place of the dictionary; zero where the file does not tell.</summary>
    public long DictionaryPageOffset { get; init; }

    public bool IsInOtherFile { get; init; }
}
