namespace InstructKit.Parquet;

/// <summary>A top-level column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type for people, such as <c>list&lt;struct&lt;role: string, content: string&gt;&gt;</c>.</param>
/// <param name="IsNullable">Whether it may hold nulls.</param>
public sealed record ParquetColumn(string Name, string Type, bool IsNullable);
