namespace InstructKit.Parquet.Schema;

/// <summary>A map; its keys are a leaf.</summary>
internal sealed class MapNode : SchemaNode
{
    public MapNode(string name, int definitionLevel, bool isNullable, LeafNode key, SchemaNode value, int itemDefinitionLevel, int itemRepetitionLevel)
        : base(name, definitionLevel, isNullable)
    {
        Key = key;
        Value = value;
        ItemDefinitionLevel = itemDefinitionLevel;
        ItemRepetitionLevel = itemRepetitionLevel;
    }

    public LeafNode Key { get; }

    public SchemaNode Value { get; }

    /// <summary>Definition level from which there is a pair; below it the map is empty.</summary>
    public int ItemDefinitionLevel { get; }

    /// <summary>Repetition level of every pair but the first.</summary>
    public int ItemRepetitionLevel { get; }

    public override int FirstLeaf => Key.FirstLeaf;

    public override int LeafCount => 1 + Value.LeafCount;
}
