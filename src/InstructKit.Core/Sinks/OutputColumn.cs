namespace InstructKit.Sinks;

/// <summary>A column of the output.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, the same in every row.</param>
public sealed record OutputColumn(string Name, ColumnType Type);
