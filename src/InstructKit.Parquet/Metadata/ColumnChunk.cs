namespace InstructKit.Parquet.Metadata;

/// <summary>Where the pages of one leaf column in one row group lie. Offsets are bytes from the start of the file.</summary>
internal sealed record ColumnChunk
{
    public PhysicalType Type { get; init; }

    public int Codec { get; init; }

    public long ValueCount { get; init; }

    public long CompressedBytes { get; init; }

    public long DataPageOffset { get; init; }

    public long? DictionaryPageOffset { get; init; }

    public bool IsEncrypted { get; init; }

    public bool IsInOtherFile { get; init; }

    public bool HasMetadata { get; init; }
}
