using InstructKit.Parquet.Metadata;

namespace InstructKit.Parquet.Writing;

/// <summary>A finished column chunk and where it went.</summary>
internal sealed record WrittenChunk
{
    public required PhysicalType Type { get; init; }

    public required IReadOnlyList<string> Path { get; init; }

    public required WrittenPage? Dictionary { get; init; }

    /// <summary>The data pages; their bytes are let go once they are in the file.</summary>
    public required IReadOnlyList<WrittenPage> Pages { get; init; }

    public required IReadOnlyList<PageEncoding> Encodings { get; init; }

    public required long ValueCount { get; init; }

    public required long NullCount { get; init; }

    /// <summary>Smallest and largest value; null when there are none to state.</summary>
    public required (byte[] Lower, bool IsLowerExact, byte[] Upper, bool IsUpperExact)? Bounds { get; init; }

    /// <summary>Whether every page has bounds or nothing but nulls, so that a column index can be written.</summary>
    public required bool HasColumnIndex { get; init; }
}
