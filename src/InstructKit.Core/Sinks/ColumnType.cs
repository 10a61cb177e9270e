namespace InstructKit.Sinks;

/// <summary>Type of an output column; JSON Lines and Parquet use the same ones.</summary>
public enum ColumnType
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A list of texts.</summary>
    Texts,

    /// <summary>A 64-bit integer.</summary>
    Integer,
}
