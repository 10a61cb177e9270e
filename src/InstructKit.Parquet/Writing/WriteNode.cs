namespace InstructKit.Parquet.Writing;

/// <summary>A field of the schema that is written, with its levels and the leaves below it.</summary>
internal sealed class WriteNode
{
    private WriteNode(ParquetField field, int definitionLevel, int repetitionLevel)
    {
        Field = field;
        DefinitionLevel = definitionLevel;
        RepetitionLevel = repetitionLevel;
    }

    public ParquetField Field { get; }

    /// <summary>Definition level of an entry where this field is not null.</summary>
    public int DefinitionLevel { get; }

    /// <summary>Repetition level of the innermost list around the field; for a list, of its items but the first.</summary>
    public int RepetitionLevel { get; }

    public WriteNode[] Children { get; private set; } = [];

    /// <summary>The leaves at or below this field.</summary>
    public LeafWriter[] Leaves { get; private set; } = [];

    public static WriteNode Build(ParquetField field, ParquetWriterOptions options, PageCompressor compressor) => Build(field, 0, 0, [field.Name], options, compressor);

    private static WriteNode Build(ParquetField field, int outer, int repetition, string[] path, ParquetWriterOptions options, PageCompressor compressor)
    {
        // Every field is optional, which is one level; a list adds one for having an item.
        var definition = outer + 1;
        switch (field.Kind)
        {
            case ParquetFieldKind.List:
                var list = new WriteNode(field, definition, repetition + 1);
                list.Children = [Build(field.Children[0], definition + 1, repetition + 1, [.. path, "list", "element"], options, compressor)];
                list.Leaves = list.Children[0].Leaves;
                return list;
            case ParquetFieldKind.Struct:
                var structure = new WriteNode(field, definition, repetition);
                structure.Children = [.. field.Children.Select(child => Build(child, definition, repetition, [.. path, child.Name], options, compressor))];
                structure.Leaves = [.. structure.Children.SelectMany(child => child.Leaves)];
                return structure;
            default:
                return new WriteNode(field, definition, repetition) { Leaves = [new LeafWriter(field.Kind, path, definition, repetition, options, compressor)] };
        }
    }
}
