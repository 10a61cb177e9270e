namespace InstructKit.Parquet;

/// <summary>One value of a row: a kind and a slice of <see cref="ParquetRows.Buffer"/>.</summary>
/// <param name="Kind">How to read the bytes.</param>
/// <param name="Offset">Start of the slice, in bytes.</param>
/// <param name="Length">Length of the slice, in bytes.</param>
public readonly record struct ParquetCell(ParquetCellKind Kind, int Offset, int Length);
