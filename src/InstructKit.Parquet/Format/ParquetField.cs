namespace InstructKit.Parquet.Format;

/// <summary>What a written field holds.</summary>
public enum ParquetFieldKind
{
    /// <summary>UTF-8 text.</summary>
    Text,

    /// <summary>JSON documents, stored as text with the format's own annotation: readers such as DuckDB give the column the type JSON.</summary>
    Json,

    /// <summary>64-bit integers.</summary>
    Integer,

    /// <summary>Double-precision numbers.</summary>
    Float,

    /// <summary>Booleans.</summary>
    Boolean,

    /// <summary>Lists of one element type.</summary>
    List,

    /// <summary>Named fields.</summary>
    Struct,
}

/// <summary>A field of the schema that is written. Every field may hold nulls, as Arrow and DuckDB write them.</summary>
public sealed class ParquetField
{
    private ParquetField(string name, ParquetFieldKind kind, IReadOnlyList<ParquetField> children)
    {
        Name = name;
        Kind = kind;
        Children = children;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What it holds.</summary>
    public ParquetFieldKind Kind { get; }

    /// <summary>The fields of a struct, or the one element of a list.</summary>
    public IReadOnlyList<ParquetField> Children { get; }

    /// <summary>A field of UTF-8 text.</summary>
    public static ParquetField Text(string name) => new(name, ParquetFieldKind.Text, []);

    /// <summary>A field of JSON documents, one for each value.</summary>
    public static ParquetField Json(string name) => new(name, ParquetFieldKind.Json, []);

    /// <summary>A field of 64-bit integers.</summary>
    public static ParquetField Integer(string name) => new(name, ParquetFieldKind.Integer, []);

    /// <summary>A field of double-precision numbers.</summary>
    public static ParquetField Float(string name) => new(name, ParquetFieldKind.Float, []);

    /// <summary>A field of booleans.</summary>
    public static ParquetField Boolean(string name) => new(name, ParquetFieldKind.Boolean, []);

    /// <summary>A field of lists. The element's name is not kept: the format calls it <c>element</c>.</summary>
    public static ParquetField List(string name, ParquetField element) => new(name, ParquetFieldKind.List, [element]);

    /// <summary>A field of structs with at least one field.</summary>
    public static ParquetField Struct(string name, params IReadOnlyList<ParquetField> fields) =>
        fields.Count > 0 ? new(name, ParquetFieldKind.Struct, fields) : throw new ArgumentException("a struct needs a field", nameof(fields));
}
