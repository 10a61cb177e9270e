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
        foreach (var column in _columns)
        {
            column.Nested?.Dispose();
        }
    }

    private void Fill(ParquetRows rows)
    {
        var bytes = rows.Bytes;
        try
        {
            while (_rowsLeft > 0 && rows.Count < _options.BatchRows && bytes.Length < _options.BatchBytes)
            {
                bytes.StartRow(_options.MaxRowBytes);
                FillRow(rows.AddRow(), bytes);
                _rowsLeft--;
            }
        }
        catch (ParquetException problem) when (_columns.Length > 0)
        {
            throw problem.At(null, null, _columns[_column].Name);
        }

        if (_rowsLeft == 0)
        {
            foreach (var cursor in _cursors)
            {
                cursor.ExpectEnd();
            }
        }
    }

    private void FillRow(Span<ParquetCell> cells, CellBuffer bytes)
    {
        var columns = _columns.AsSpan(0, cells.Length);
        for (var i = 0; i < cells.Length; i++)
        {
            _column = i;
            var start = bytes.Length;
            var kind = columns[i].Append(bytes);
            bytes.CheckRow();
            cells[i] = new ParquetCell(kind, start, bytes.Length - start);
        }
    }
}
