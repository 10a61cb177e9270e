namespace InstructKit.Parquet.Schema;

/// <summary>
/// A field as people see it: a value, a struct, a list or a map, with the repeated groups that only serve the encoding taken away. Levels are those
/// of the Dremel encoding: a node is null where the definition level of its leaves is below <see cref="DefinitionLevel"/>.
/// </summary>
internal abstract class SchemaNode
{
    private protected SchemaNode(string name, int definitionLevel, bool isNullable)
    {
        Name = name;
        DefinitionLevel = definitionLevel;
        IsNullable = isNullable;
    }

    public string Name { get; }

    /// <summary>Definition level from which the node is not null.</summary>
    public int DefinitionLevel { get; }

    public bool IsNullable { get; }

    /// <summary>Index of the first leaf below (or at) this node, among all leaves of the file.</summary>
    public abstract int FirstLeaf { get; }

    /// <summary>Number of leaves below (or at) this node.</summary>
    public abstract int LeafCount { get; }
}
