namespace InstructKit.Parquet.Schema;

/// <summary>A group of named fields.</summary>
internal sealed class StructNode : SchemaNode
{
    public StructNode(string name, int definitionLevel, bool isNullable, IReadOnlyList<SchemaNode> fields)
        : base(name, definitionLevel, isNullable)
    {
        Fields = [.. fields];
        FirstLeaf = fields.Count == 0 ? 0 : fields[0].FirstLeaf;
        LeafCount = fields.Sum(field => field.LeafCount);
    }

    public SchemaNode[] Fields { get; }

    public override int FirstLeaf { get; }

    public override int LeafCount { get; }
}
