using InstructKit.Parquet.Reading;

namespace InstructKit.Parquet;

/// <summary>Reads the rows of one row group in order. For one thread at a time.</summary>
public sealed class ParquetRowReader : IDisposable
{
    private readonly string _path;
    private readonly int _rowGroup;
    private readonly ColumnSource[] _columns;
    private readonly List<LeafCursor> _cursors;
    private readonly ParquetReaderOptions _options;
    private long _rowsLeft;
    private int _column;

    internal ParquetRowReader(string path, int rowGroup, long rows, ColumnSource[] columns, List<LeafCursor> cursors, ParquetReaderOptions options)
    {
        _path = path;
        _rowGroup = rowGroup;
        _rowsLeft = rows;
        _columns = columns;
        _cursors = cursors;
        _options = options;
    }

    /// <summary>
    /// Fills the batch with the next rows: up to <see cref="ParquetReaderOptions.BatchRows"/>, fewer when they are large. False, and an empty batch, behind
    /// the last row.
    /// </summary>
    /// <exception cref="ParquetException">The row group is broken, beyond a limit, or stored in a way that is not supported.</exception>
    /// <exception cref="IOException">The operating system failed.</exception>
    public bool Read(ParquetRows rows)
    {
        rows.Reset(_columns.Length);
        Guarded.Run(_path, _rowGroup, null, () => Fill(rows));
        return rows.Count > 0;
    }

    /// <summary>Gives back the buffers; the file stays open.</summary>
    public void Dispose()
    {
        _cursors.ForEach(cursor => cursor.Dispose());
        foreach (var column in _columns) column.Nested?.Dispose();
    }

    private void Fill(ParquetRows rows)
    {
        var bytes = rows.Bytes;
        try
        {
            while (_rowsLeft > 0 && rows.Count < _options.BatchRows && bytes.Length < _options.BatchBytes)
            {
                bytes.StartRow(_options.MaxRowBytes);
                if (CountBlock(Math.Min(_options.BatchRows - rows.Count, _rowsLeft), bytes.Length) is > 1 and var block)
                {
                    rows.HasInvalid |= FillBlock(rows.AddRows(block), block, bytes);
                    _rowsLeft -= block;
                }
                else
                {
                    rows.HasInvalid |= FillRow(rows.AddRows(1), bytes);
                    _rowsLeft--;
                }
            }
        }
        catch (ParquetException problem) when (_columns.Length > 0)
        {
            throw problem.At(null, null, _columns[_column].Name);
        }

        if (_rowsLeft == 0)
        {
            foreach (var cursor in _cursors) cursor.ExpectEnd();
        }
    }

    // Rows that can be taken column by column, which costs a fraction of going row by row: they are decoded already, have flat columns only, and together
    // take no more than is left of the batch and than one row may.
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

    private bool FillBlock(Span<ParquetCell> cells, int count, CellBuffer bytes)
    {
        var invalid = false;
        for (_column = 0; _column < _columns.Length; _column++)
        {
            var column = cells[_column..];
            if (_columns[_column].Flat is { } cursor)
            {
                invalid |= cursor.TakeMany(column, _columns.Length, count, bytes);
                continue;
            }

            for (var at = 0; at < column.Length; at += _columns.Length) column[at] = new ParquetCell(ParquetCellKind.Missing, bytes.Length, 0);
        }

        return invalid;
    }

    private bool FillRow(Span<ParquetCell> cells, CellBuffer bytes)
    {
        var columns = _columns.AsSpan(0, cells.Length);
        var invalid = false;
        for (var i = 0; i < cells.Length; i++)
        {
            _column = i;
            var start = bytes.Length;
            var kind = columns[i].Append(bytes);
            bytes.CheckRow();
            cells[i] = new ParquetCell(kind, start, bytes.Length - start);
            invalid |= kind >= ParquetCellKind.InvalidText;
        }

        return invalid;
    }
}
