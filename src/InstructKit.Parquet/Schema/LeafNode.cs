using InstructKit.Parquet.Metadata;

namespace InstructKit.Parquet.Schema;

/// <summary>A field that has values, and thus pages of its own.</summary>
internal sealed class LeafNode : SchemaNode
{
    public LeafNode(string name, int definitionLevel, bool isNullable)
        : base(name, definitionLevel, isNullable)
    {
    }

    /// <summary>Position among the leaves of the file, which is the position of its chunk in a row group.</summary>
    public required int Index { get; init; }

    /// <summary>Where the leaf stands in the schema.</summary>
    public required SchemaPath Place { get; init; }

    /// <summary>Dotted path, for messages.</summary>
    public string Path => Place.ToString();

    public required PhysicalType Type { get; init; }

    /// <summary>Bytes per value of a fixed-length type; zero for byte arrays.</summary>
    public required int Width { get; init; }

    /// <summary>Repetition level of the innermost list that the leaf stands in.</summary>
    public required int RepetitionLevel { get; init; }

    /// <summary>How values become text.</summary>
    public required ValueFormat Format { get; init; }

    /// <summary>Digits behind the point of a decimal.</summary>
    public int Scale { get; init; }

    /// <summary>Unit of a time or timestamp.</summary>
    public TimeUnit Unit { get; init; }

    /// <summary>Whether a timestamp is a point in time (printed with a Z) rather than a wall clock's reading.</summary>
    public bool IsUtc { get; init; }

    public override int FirstLeaf => Index;

    public override int LeafCount => 1;
}
