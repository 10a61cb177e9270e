namespace InstructKit.Parquet.Schema;

/// <summary>A list in any of its layouts.</summary>
internal sealed class ListNode : SchemaNode
{
    public ListNode(string name, int definitionLevel, bool isNullable, SchemaNode element, int itemDefinitionLevel, int itemRepetitionLevel)
        : base(name, definitionLevel, isNullable)
    {
        Element = element;
        ItemDefinitionLevel = itemDefinitionLevel;
        ItemRepetitionLevel = itemRepetitionLevel;
    }

    public SchemaNode Element { get; }

    /// <summary>Definition level from which there is an item; below it the list is empty.</summary>
    public int ItemDefinitionLevel { get; }

    /// <summary>Repetition level of every item but the first.</summary>
    public int ItemRepetitionLevel { get; }

    public override int FirstLeaf => Element.FirstLeaf;

    public override int LeafCount => Element.LeafCount;
}
