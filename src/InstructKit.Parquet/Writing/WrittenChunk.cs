using InstructKit.Parquet.Metadata;

namespace InstructKit.Parquet.Writing;

/// <summary>A finished column chunk and its position.</summary>
internal sealed record WrittenChunk
{
    public required PhysicalType Type { get; init; }

    public required IReadOnlyList<string> Path { get; init; }

    public required WrittenPage? Dictionary { get; init; }

    /// <summary>The data pages.</summary>
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
/// <param name="Chunk">The chunk, its pages without their bytes.</param>
/// <param name="Offset">Offset of its first page.</param>
internal sealed record PlacedChunk(WrittenChunk Chunk, long Offset, IReadOnlyList<(long Offset, int Length)> Pages, long CompressedBytes, long UncompressedBytes)
{
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
