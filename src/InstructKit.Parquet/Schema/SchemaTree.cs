using InstructKit.Parquet.Metadata;

namespace InstructKit.Parquet.Schema;

/// <summary>Builds the tree of fields from the flattened schema, seeing through the list and map layouts that writers have used over the years.</summary>
internal sealed class SchemaTree
{
    private readonly IReadOnlyList<SchemaElement> _elements;
    private readonly ParquetReaderOptions _options;
    private readonly bool _textIsDeclared;
    private readonly List<LeafNode> _leaves = [];
    private SchemaPath? _place;
    private int _next = 1;

    private SchemaTree(IReadOnlyList<SchemaElement> elements, ParquetReaderOptions options, string? createdBy)
    {
        _elements = elements;
        _options = options;

        // DuckDB marks every string: an unmarked one is a BLOB, even if the file has nothing else.
        _textIsDeclared = createdBy?.StartsWith("DuckDB", StringComparison.Ordinal) == true || elements.Any(LeafFormat.IsText);
    }

    /// <summary>The top-level fields and, in the order of the column chunks, all leaves.</summary>
    public static (SchemaNode[] Fields, LeafNode[] Leaves) Build(IReadOnlyList<SchemaElement> elements, ParquetReaderOptions options, string? createdBy = null)
    {
        // Some writers give the root a type, which is meaningless.
        if (elements.Count == 0 || (elements[0].Type is not null && elements[0].ChildCount == 0)) throw ParquetException.Corrupt("the schema has no root");

        var tree = new SchemaTree(elements, options, createdBy);
        List<SchemaNode> fields = [];
        for (var i = 0; i < elements[0].ChildCount; i++) fields.Add(tree.ReadField(0, 0));

        return tree._next == elements.Count ? ([.. fields], [.. tree._leaves]) : throw ParquetException.Corrupt("the schema has elements outside its root");
    }

    /// <summary>Reads the current element and everything below it.</summary>
    private SchemaNode ReadField(int definition, int repetition)
    {
        var element = Peek();
        Enter(element);
        SchemaNode node;
        if (element.Repetition == Repetition.Repeated)
        {
            // Repeated without a list around it: a list that is never null, of items that are never null.
            var item = ReadContent(definition + 1, repetition + 1, isNullable: false);
            node = new ListNode(element.Name, definition, false, item, definition + 1, repetition + 1);
        }
        else
        {
            var isNullable = element.Repetition == Repetition.Optional;
            node = ReadContent(isNullable ? definition + 1 : definition, repetition, isNullable);
        }

        Leave();
        return node;
    }

    // The levels are those of the element itself; its own repetition has already been handled.
    private SchemaNode ReadContent(int definition, int repetition, bool isNullable)
    {
        var element = Take();
        if (element.Type is not null) return AddLeaf(element, definition, repetition, isNullable);

        if (element.ChildCount == 0) throw ParquetException.Corrupt($"the group '{element.Name}' has no fields");

        var inner = element.ChildCount == 1 ? Peek() : null;
        if (inner?.Repetition == Repetition.Repeated)
        {
            if (element.Logical.Kind == LogicalKind.Map || element.Converted is ConvertedType.Map or ConvertedType.MapKeyValue)
                return ReadMap(element, inner, definition, repetition, isNullable);

            if (element.Logical.Kind == LogicalKind.List || element.Converted == ConvertedType.List)
                return ReadList(element, inner, definition, repetition, isNullable);
        }

        return new StructNode(element.Name, definition, isNullable, ReadFields(element, definition, repetition))
        {
            IsVariant = element.Logical.Kind == LogicalKind.Variant,
        };
    }

    private List<SchemaNode> ReadFields(SchemaElement group, int definition, int repetition)
    {
        List<SchemaNode> fields = [];
        for (var i = 0; i < group.ChildCount; i++) fields.Add(ReadField(definition, repetition));

        return fields;
    }

    // The rules for telling an item from a wrapper are those of the format's specification (LogicalTypes.md, "Backward-compatibility rules").
    private ListNode ReadList(SchemaElement list, SchemaElement repeated, int definition, int repetition, bool isNullable)
    {
        Enter(repeated);
        var isItem = repeated.Type is not null
            || repeated.ChildCount != 1
            || repeated.Name == "array"
            || repeated.Name == list.Name + "_tuple"
            || Peek(1).Repetition == Repetition.Repeated;
        SchemaNode item;
        if (isItem)
        {
            item = ReadContent(definition + 1, repetition + 1, isNullable: false);
        }
        else
        {
            Take();
            item = ReadField(definition + 1, repetition + 1);
        }

        Leave();
        return new ListNode(list.Name, definition, isNullable, item, definition + 1, repetition + 1);
    }

    private SchemaNode ReadMap(SchemaElement map, SchemaElement pair, int definition, int repetition, bool isNullable)
    {
        Enter(pair);
        var content = ReadContent(definition + 1, repetition + 1, isNullable: false);
        Leave();
        return content switch
        {
            StructNode { Fields: [LeafNode key, var value] } => new MapNode(map.Name, definition, isNullable, key, value, definition + 1, repetition + 1),

            // A map without values is a set of its keys.
            StructNode { Fields: [LeafNode key] } => new ListNode(map.Name, definition, isNullable, key, definition + 1, repetition + 1),

            // Keys that are not plain values cannot be keys of a JSON object: such a map becomes the list of its pairs.
            _ => new ListNode(map.Name, definition, isNullable, content, definition + 1, repetition + 1),
        };
    }

    private LeafNode AddLeaf(SchemaElement element, int definition, int repetition, bool isNullable)
    {
        var place = _place!; // The caller has entered the element.
        try
        {
            var leaf = LeafFormat.Describe(element, _leaves.Count, place, (definition, repetition, isNullable), _textIsDeclared);
            _leaves.Add(leaf);
            return leaf;
        }
        catch (ParquetException problem)
        {
            throw problem.At(null, null, place.ToString());
        }
    }

    private void Enter(SchemaElement element)
    {
        _place = new SchemaPath(_place, element.Name);
        if (_place.Depth > _options.MaxSchemaDepth)
            throw ParquetException.TooLarge($"the schema is nested deeper than {nameof(_options.MaxSchemaDepth)} = {_options.MaxSchemaDepth}");
    }

    private void Leave() => _place = _place?.Parent;

    private SchemaElement Peek(int ahead = 0) =>
        _next + ahead < _elements.Count ? _elements[_next + ahead] : throw ParquetException.Corrupt("the schema ends too early");

    private SchemaElement Take()
    {
        var element = Peek();
        _next++;
        return element;
    }
}
