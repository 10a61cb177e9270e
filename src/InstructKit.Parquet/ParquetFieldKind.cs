namespace InstructKit.Parquet;

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
