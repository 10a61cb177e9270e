namespace InstructKit.Parquet.Reading;

/// <summary>Where the cells of a column come from: a leaf, an assembler of several leaves, or nowhere (the file has no such column).</summary>
internal readonly record struct ColumnSource(string Name, LeafCursor? Flat, JsonAssembler? Nested)
{
    /// <summary>Appends the cell of the next row and tells its kind.</summary>
    public ParquetCellKind Append(CellBuffer target)
    {
        if (Flat is { } cursor) return cursor.Take(0) == cursor.Leaf.DefinitionLevel ? ValueText.Append(cursor, target) : ParquetCellKind.Null;

        return Nested?.Append(target) ?? ParquetCellKind.Missing;
    }
}
