namespace InstructKit.Parquet.Metadata;

/// <summary>One element of the flattened schema, as it stands in the footer.</summary>
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
