namespace InstructKit.Parquet.Metadata;

/// <summary>One row group as it stands in the footer.</summary>
internal sealed record RowGroup(IReadOnlyList<ColumnChunk> Columns, long TotalBytes, long RowCount);
