namespace InstructKit.Examples;

/// <summary>Type of an output column; every container writes all of them.</summary>
public enum ColumnType
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A 64-bit integer.</summary>
    Integer,

    /// <summary>A number with a fraction.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Any JSON value, unchanged.</summary>
    Json,

    /// <summary>An object with the columns of <see cref="Column.Fields"/>.</summary>
    Object,
}

/// <summary>A column of the output, or a field of an object in one.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its values, or of the elements of its lists.</param>
/// <param name="IsList">True when every value is a list.</param>
/// <param name="Fields">The fields of an <see cref="ColumnType.Object"/>.</param>
public sealed record Column(string Name, ColumnType Type, bool IsList = false, IReadOnlyList<Column>? Fields = null)
{
    /// <summary>True if JSON omits the key of a null; never for the first column.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Description of its values, for the documentation.</summary>
    public string Meaning { get; init; } = string.Empty;
}

/// <summary>The columns of a split, in order: the one source of its JSON keys, its Parquet schema and the features in the dataset card.</summary>
/// <param name="Columns">The columns; names are distinct.</param>
public sealed record RecordSchema(IReadOnlyList<Column> Columns);
