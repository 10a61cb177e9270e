using InstructKit.Parquet.Metadata;

namespace InstructKit.Parquet.Writing;

/// <summary>A finished column chunk and its position.</summary>
internal sealed record WrittenChunk
{
    public required PhysicalType Type { get; init; }

    public required IReadOnlyList<string> Path { get; init; }

    public required WrittenPage? Dictionary { get; init; }

    /// <summary>The data pages; their bytes are released once they are in the file.</summary>
    public required IReadOnlyList<WrittenPage> Pages { get; init; }

    public required IReadOnlyList<PageEncoding> Encodings { get; init; }

    public required long ValueCount { get; init; }

    public required long NullCount { get; init; }

    /// <summary>Smallest and largest value; null when there are none.</summary>
    public required (byte[] Lower, bool IsLowerExact, byte[] Upper, bool IsUpperExact)? Bounds { get; init; }

    /// <summary>Whether every page has bounds or nothing but nulls, so that a column index can be written.</summary>
    public required bool HasColumnIndex { get; init; }
}

/// <summary>A column chunk in the file. Offsets are bytes from the file's start.</summary>
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

/// <summary>A finished page: its header and compressed body, and what the indexes say about it.</summary>
internal sealed record WrittenPage(byte[] Bytes, int UncompressedBytes, long FirstRow)
{
    public long NullCount { get; init; }

    public bool HasValues { get; init; }

    public byte[] Lower { get; init; } = [];

    public byte[] Upper { get; init; } = [];
}
