using InstructKit.Parquet.Reading;

namespace InstructKit.Parquet;

/// <summary>Bytes that the file declares to be text but are not UTF-8.</summary>
/// <param name="Row">Index of the row in its batch.</param>
/// <param name="Column">Index of the column.</param>
/// <param name="IsNested">Whether the text is part of a list, struct or map, in whose JSON it became base64; otherwise the cell holds the bytes.</param>
public readonly record struct InvalidCell(int Row, int Column, bool IsNested);

/// <summary>Reads the rows of one row group in order. Not thread-safe.</summary>
/// <remarks>Dates, times, timestamps and UUIDs are returned as text (ISO 8601 and RFC 9562), binary data as base64, structs, lists and maps as JSON, decimals with
/// all digits. <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>, which JSON does not have, are returned as numbers, also inside JSON, as Python writes
/// them.</remarks>
public sealed class ParquetRowReader : IDisposable
{
    private readonly string _path;
    private readonly ParquetRowGroup _group;
    private readonly ColumnSource[] _columns;
    private readonly List<LeafCursor> _cursors;
    private readonly ParquetReaderOptions _options;
    private readonly CellBuffer _bytes = new();
    private readonly List<InvalidCell> _invalid = [];
    private readonly List<int> _invalidRows = [];
    private long _rowsRead;
    private int _column;

    internal ParquetRowReader(string path, ParquetRowGroup group, ColumnSource[] columns, List<LeafCursor> cursors, ParquetReaderOptions options)
    {
        _path = path;
        _group = group;
        _columns = columns;
        _cursors = cursors;
        _options = options;
    }

    /// <summary>The cells of the batch read last that are not text although the file declares them to be, in row order.</summary>
    public IReadOnlyList<InvalidCell> InvalidTexts => _invalid;

    /// <summary>Empties the batch and fills it with the next rows: up to <see cref="ParquetReaderOptions.BatchRows"/>, fewer when they are large. False, and an
    /// empty batch, after the last row.</summary>
    /// <param name="batch">Has as many columns as were requested. Rows get their one-based number in the file as line number.</param>
    /// <param name="file">Which of the caller's files this is.</param>
    /// <exception cref="ParquetException">The row group is broken, beyond a limit, or stored in a way that is not supported.</exception>
    /// <exception cref="IOException">The file could not be read.</exception>
    /// <exception cref="ArgumentException">The batch has a different number of columns.</exception>
    public bool Read(RowBatch batch, int file = 0)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Columns != _columns.Length) throw new ArgumentException($"the batch has {batch.Columns} columns where {_columns.Length} are read", nameof(batch));

        batch.Reset();
        _invalid.Clear();
        _bytes.TakeFrom(batch);
        try
        {
            Guarded.Run(_path, _group.Index, () => Fill(batch, file));
        }
        finally
        {
            _bytes.GiveTo(batch);
        }

        // Blocks are read column by column.
        if (_invalid.Count > 1) _invalid.Sort((a, b) => (a.Row, a.Column).CompareTo((b.Row, b.Column)));

        return batch.Count > 0;
    }

    /// <summary>Releases the buffers; the file stays open.</summary>
    public void Dispose()
    {
        _cursors.ForEach(cursor => cursor.Dispose());
        foreach (var column in _columns) column.Nested?.Dispose();
    }

    private void Fill(RowBatch batch, int file)
    {
        try
        {
            while (_rowsRead < _group.RowCount && batch.Count < _options.BatchRows && _bytes.Length < _options.BatchBytes)
            {
                _bytes.StartRow(_options.MaxRowBytes);
                var block = Math.Max(1, CountBlock(Math.Min(_options.BatchRows - batch.Count, _group.RowCount - _rowsRead), _bytes.Length));
                var first = batch.Count;
                var cells = batch.AddRows(block, new RowLocation(file, _group.FirstRow + _rowsRead + 1, 0, 0));
                if (block > 1) FillBlock(cells, first, block);
                else FillRow(cells, first);

                _rowsRead += block;
            }
        }
        catch (ParquetException problem) when (_columns.Length > 0)
        {
            throw problem.At(null, null, _columns[_column].Name);
        }

        if (_rowsRead == _group.RowCount)
        {
            foreach (var cursor in _cursors) cursor.ExpectEnd();
        }
    }

    // Rows that can be read column by column, which costs a fraction of reading row by row: they are already decoded, have only flat columns, and together
    // exceed neither the rest of the batch nor the limit of one row.
    private int CountBlock(long most, int used)
    {
        var count = (int)Math.Min(most, int.MaxValue);
        for (_column = 0; _column < _columns.Length && count > 1; _column++)
            count = _columns[_column] is { Nested: null } column ? Math.Min(count, column.Flat?.Prepare(count) ?? count) : 0;

        var room = Math.Min(_options.BatchBytes - used, _options.MaxRowBytes);
        while (count > 1 && !(MeasureBlock(count) <= room)) count /= 2;

        return count;
    }

    private long? MeasureBlock(int count)
    {
        long? bytes = 0;
        foreach (var column in _columns) bytes += column.Flat is null ? 0 : column.Flat.MeasureText(count);

        return bytes;
    }

    // Cells count as missing until they are filled.
    private void FillBlock(Span<Cell> cells, int first, int count)
    {
        for (_column = 0; _column < _columns.Length; _column++)
        {
            _columns[_column].Flat?.TakeMany(cells[_column..], _columns.Length, count, _bytes, _invalidRows);
            if (_invalidRows.Count == 0) continue;

            foreach (var row in _invalidRows) _invalid.Add(new InvalidCell(first + row, _column, IsNested: false));

            _invalidRows.Clear();
        }
    }

    private void FillRow(Span<Cell> cells, int row)
    {
        for (_column = 0; _column < cells.Length; _column++)
        {
            var start = _bytes.Length;
            var kind = _columns[_column].Append(_bytes);
            _bytes.CheckRow();
            cells[_column] = ValueText.CellOf(kind, start, _bytes.Length - start);
            if (kind >= ValueKind.InvalidText) _invalid.Add(new InvalidCell(row, _column, kind == ValueKind.InvalidJson));
        }
    }
}
