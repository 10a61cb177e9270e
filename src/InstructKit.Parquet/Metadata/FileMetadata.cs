namespace InstructKit.Parquet.Metadata;

/// <summary>The contents of the footer.</summary>
internal sealed record FileMetadata(IReadOnlyList<SchemaElement> Schema, IReadOnlyList<RowGroup> RowGroups, string? CreatedBy, IReadOnlyList<KeyValuePair<string, string>> Pairs)
{
    /// <summary>The bytes at both ends of a file.</summary>
    public static ReadOnlySpan<byte> Magic => "PAR1"u8;
}

/// <summary>One row group as stored in the footer.</summary>
internal sealed record RowGroup(IReadOnlyList<ColumnChunk> Columns, long TotalBytes, long RowCount);

/// <summary>Where the pages of one leaf column in one row group lie. Offsets are bytes from the start of the file. A struct without references: a footer may
/// list millions of them.</summary>
internal readonly record struct ColumnChunk
{
    public PhysicalType Type { get; init; }

    public int Codec { get; init; }

    public long ValueCount { get; init; }

    public long CompressedBytes { get; init; }

    public long DataPageOffset { get; init; }

    /// <summary>Offset of the dictionary; zero if the file does not state it.</summary>
    public long DictionaryPageOffset { get; init; }

    public bool IsInOtherFile { get; init; }
}

/// <summary>One element of the flattened schema, as stored in the footer.</summary>
internal sealed record SchemaElement
{
    public required string Name { get; init; }

    public PhysicalType? Type { get; init; }

    public int TypeLength { get; init; }

    public Repetition Repetition { get; init; }

    public int ChildCount { get; init; }

    public ConvertedType? Converted { get; init; }

    public LogicalType Logical { get; init; }

    public int Scale { get; init; }

    public int Precision { get; init; }
}

/// <summary>An annotation with its parameters; those that its kind does not have are zero.</summary>
/// <param name="Kind">Which annotation.</param>
/// <param name="Unit">Unit of times and timestamps.</param>
/// <param name="IsUtc">Whether a time or timestamp is adjusted to UTC.</param>
/// <param name="BitWidth">Width of an integer.</param>
/// <param name="IsSigned">Whether an integer is signed.</param>
/// <param name="Scale">Digits after the point of a decimal.</param>
/// <param name="Precision">Digits of a decimal.</param>
internal readonly record struct LogicalType(
    LogicalKind Kind, TimeUnit Unit = default, bool IsUtc = false, int BitWidth = 0, bool IsSigned = false, int Scale = 0, int Precision = 0);
