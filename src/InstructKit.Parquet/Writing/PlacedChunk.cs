namespace InstructKit.Parquet.Writing;

/// <summary>A column chunk that is in the file. Offsets are bytes from the file's start.</summary>
internal sealed record PlacedChunk
{
    /// <summary>The chunk, its pages without their bytes.</summary>
    public required WrittenChunk Chunk { get; init; }

    /// <summary>Where its first page begins.</summary>
    public required long Offset { get; init; }

    public required IReadOnlyList<long> PageOffsets { get; init; }

    public required IReadOnlyList<int> PageLengths { get; init; }

    public required long CompressedBytes { get; init; }

    public required long UncompressedBytes { get; init; }

    public (long Offset, int Length)? ColumnIndex { get; init; }

    public (long Offset, int Length)? OffsetIndex { get; init; }
}
