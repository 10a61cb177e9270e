namespace InstructKit.Parquet;

/// <summary>A part of a file that can be read on its own.</summary>
/// <param name="Index">Zero-based position in the file.</param>
/// <param name="FirstRow">Zero-based ordinal of its first row in the file.</param>
/// <param name="RowCount">Number of its rows.</param>
/// <param name="TotalBytes">Size before compression as the file states it, in bytes; not to be relied on.</param>
public sealed record ParquetRowGroup(int Index, long FirstRow, long RowCount, long TotalBytes);
