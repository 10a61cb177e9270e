using InstructKit.Parquet.Metadata;

namespace InstructKit.Parquet.Schema;

/// <summary>A field as a reader of the data sees it: a value, a struct, a list or a map, without the repeated groups that only serve the encoding.
/// Levels are those of the Dremel encoding: a node is null where the definition level of its leaves is below <see cref="DefinitionLevel"/>.</summary>
internal abstract class SchemaNode(string name, int definitionLevel, bool isNullable)
{
    public string Name => name;

    public int DefinitionLevel => definitionLevel;

    public bool IsNullable => isNullable;

    /// <summary>Index of the first leaf below (or at) this node, among all leaves of the file.</summary>
    public abstract int FirstLeaf { get; }

    /// <summary>Number of leaves below (or at) this node.</summary>
    public abstract int LeafCount { get; }

    /// <summary>The type as text, such as <c>list&lt;string&gt;</c>.</summary>
    public abstract string TypeText { get; }
}

/// <summary>A group of named fields.</summary>
internal sealed class StructNode(string name, int definitionLevel, bool isNullable, IReadOnlyList<SchemaNode> fields) : SchemaNode(name, definitionLevel, isNullable)
{
    public IReadOnlyList<SchemaNode> Fields => fields;

    /// <summary>Whether the fields are the parts of their own binary encoding (VariantEncoding.md), which is not decoded.</summary>
    public bool IsVariant { get; init; }

    public override int FirstLeaf { get; } = fields.Count == 0 ? 0 : fields[0].FirstLeaf;

    public override int LeafCount { get; } = fields.Sum(field => field.LeafCount);

    public override string TypeText => IsVariant ? "variant" : $"struct<{string.Join(", ", fields.Select(one => $"{one.Name}: {one.TypeText}"))}>";
}

/// <summary>A field of any number of items: a list in any of its layouts, or a map.</summary>
/// <param name="item">The element of a list, the value of a map.</param>
/// <param name="itemDefinitionLevel">Definition level from which on there is an item; below it the field is empty.</param>
/// <param name="itemRepetitionLevel">Repetition level of every item but the first.</param>
internal abstract class RepeatedNode(string name, int definitionLevel, bool isNullable, SchemaNode item, int itemDefinitionLevel, int itemRepetitionLevel)
    : SchemaNode(name, definitionLevel, isNullable)
{
    public SchemaNode Item => item;

    public int ItemDefinitionLevel => itemDefinitionLevel;

    public int ItemRepetitionLevel => itemRepetitionLevel;

    public override int FirstLeaf => item.FirstLeaf;

    public override int LeafCount => item.LeafCount;
}

/// <summary>A list.</summary>
internal sealed class ListNode(string name, int definitionLevel, bool isNullable, SchemaNode element, int itemDefinitionLevel, int itemRepetitionLevel)
    : RepeatedNode(name, definitionLevel, isNullable, element, itemDefinitionLevel, itemRepetitionLevel)
{
    public override string TypeText => $"list<{Item.TypeText}>";
}

/// <summary>A map; its keys are a leaf.</summary>
internal sealed class MapNode(string name, int definitionLevel, bool isNullable, LeafNode key, SchemaNode value, int itemDefinitionLevel, int itemRepetitionLevel)
    : RepeatedNode(name, definitionLevel, isNullable, value, itemDefinitionLevel, itemRepetitionLevel)
{
    public LeafNode Key => key;

    public override int FirstLeaf => key.FirstLeaf;

    public override int LeafCount => 1 + Item.LeafCount;

    public override string TypeText => $"map<{key.TypeText}, {Item.TypeText}>";
}

/// <summary>A field that has values, and thus its own pages.</summary>
internal sealed class LeafNode(string name, int definitionLevel, bool isNullable) : SchemaNode(name, definitionLevel, isNullable)
{
    /// <summary>Position among the leaves of the file, which is the position of its chunk in a row group.</summary>
    public required int Index { get; init; }

    public required SchemaPath Place { get; init; }

    /// <summary>Dotted path, for messages.</summary>
    public string Path => Place.ToString();

    public required PhysicalType Type { get; init; }

    /// <summary>Bytes per value of a fixed-length type; zero for byte arrays.</summary>
    public required int Width { get; init; }

    /// <summary>Repetition level of the innermost list that contains the leaf.</summary>
    public required int RepetitionLevel { get; init; }

    /// <summary>How values become text.</summary>
    public required ValueFormat Format { get; init; }

    /// <summary>True when every value is declared to be a JSON document.</summary>
    public bool IsJson { get; init; }

    /// <summary>Digits after the point of a decimal.</summary>
    public int Scale { get; init; }

    /// <summary>Unit of a time or timestamp.</summary>
    public TimeUnit Unit { get; init; }

    /// <summary>Whether a timestamp is a point in time (printed with a Z) rather than a wall clock's reading.</summary>
    public bool IsUtc { get; init; }

    public override int FirstLeaf => Index;

    public override int LeafCount => 1;

    public override string TypeText => Format switch
    {
        ValueFormat.Boolean => "bool",
        ValueFormat.Signed => Type == PhysicalType.Int32 ? "int32" : "int64",
        ValueFormat.Unsigned32 => "uint32",
        ValueFormat.Unsigned64 => "uint64",
        ValueFormat.Float16 => "float16",
        ValueFormat.Float32 => "float32",
        ValueFormat.Float64 => "float64",
        ValueFormat.Decimal => "decimal",
        ValueFormat.Date => "date",
        ValueFormat.Time => "time",
        ValueFormat.Timestamp or ValueFormat.Int96 => "timestamp",
        ValueFormat.Interval => "interval",
        ValueFormat.Uuid => "uuid",
        ValueFormat.Text => "string",
        ValueFormat.TextOrBinary or ValueFormat.Binary => "binary",
        _ => "null",
    };
}

/// <summary>How the stored values of a leaf become text.</summary>
internal enum ValueFormat
{
    Boolean,
    Signed,
    Unsigned32,
    Unsigned64,
    Float16,
    Float32,
    Float64,
    Decimal,
    Date,
    Time,
    Timestamp,
    Int96,
    Interval,
    Uuid,

    /// <summary>Bytes that are declared to be UTF-8.</summary>
    Text,

    /// <summary>Bytes of unknown meaning in a file that never declares text: text where they are UTF-8, otherwise base64.</summary>
    TextOrBinary,

    /// <summary>Bytes that are not text: base64.</summary>
    Binary,

    /// <summary>A column without values.</summary>
    Null,
}

/// <summary>The path of an element in the schema. Joined to text only when a message needs it: a name may be long and contain thousands of leaves.</summary>
/// <param name="Parent">The element above; null below the root.</param>
/// <param name="Name">Name of the element.</param>
internal sealed record SchemaPath(SchemaPath? Parent, string Name)
{
    /// <summary>Number of elements from the root down to this one, the root not counted.</summary>
    public int Depth { get; } = (Parent?.Depth ?? 0) + 1;

    /// <summary>The names with dots between them.</summary>
    public override string ToString()
    {
        var names = new string[Depth];
        var place = this;
        for (var i = names.Length - 1; place is not null; i--, place = place.Parent) names[i] = place.Name;

        return string.Join('.', names);
    }
}
