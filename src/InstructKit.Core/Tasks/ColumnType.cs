namespace InstructKit.Tasks;

/// <summary>What the values of a canonical column are.</summary>
public enum ColumnType
{
    /// <summary>Text.</summary>
    String,

    /// <summary>A whole number; digits in a text column of a delimited file count as one.</summary>
    Int,

    /// <summary>A number.</summary>
    Float,

    /// <summary>True or false.</summary>
    Bool,

    /// <summary>A list.</summary>
    List,

    /// <summary>A mapping.</summary>
    Object,

    /// <summary>Anything.</summary>
    Any,
}
