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
        while (_rowsLeft > 0 && rows.Count < _options.BatchRows && bytes.Length < _options.BatchBytes)
        {
            bytes.StartRow(_options.MaxRowBytes);
            FillRow(rows.AddRow(), bytes);
            bytes.EndRow();
            _rowsLeft--;
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
        var column = 0;
        try
        {
            for (; column < cells.Length; column++)
            {
                var start = bytes.Length;
                var kind = _columns[column].Append(bytes);
                cells[column] = new ParquetCell(kind, start, bytes.Length - start);
            }
        }
        catch (ParquetException problem)
        {
            throw problem.At(null, null, _columns[column].Name);
        }
    }
}
