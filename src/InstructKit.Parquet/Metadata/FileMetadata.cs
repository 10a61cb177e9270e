namespace InstructKit.Parquet.Metadata;

/// <summary>What the footer says.</summary>
internal sealed record FileMetadata(IReadOnlyList<SchemaElement> Schema, IReadOnlyList<RowGroup> RowGroups, string? CreatedBy);
