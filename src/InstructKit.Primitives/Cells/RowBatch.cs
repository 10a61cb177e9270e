namespace InstructKit.Cells;

/// <summary>A block of consecutive rows: their bytes and a row-major table of cells. One worker owns a batch at a time and reuses it; nothing
/// in it outlives <see cref="Reset"/>.</summary>
public sealed class RowBatch : IDisposable
{
    private const int MaxKept = 4 << 20;

    private byte[] _buffer;
    private Cell[] _cells;
    private RowLocation[] _places = new RowLocation[1024];
    private readonly List<RowError> _faults = [];
    private readonly List<RowRepair> _repairs = [];
    private object? _pieces;

    /// <summary>Creates an empty batch for rows of <paramref name="columns"/> cells.</summary>
    public RowBatch(int columns, int capacity = 1 << 16)
    {
        Columns = columns;
        _buffer = RowArrays.Rent(capacity);
        _cells = new Cell[Math.Max(16, columns * 64)];
    }

    /// <summary>Cells per row.</summary>
    public int Columns { get; }

    /// <summary>Rows in the batch, including those with a fault.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes; valid up to <see cref="Used"/>. The array is replaced when it grows, so read this property again after every append.</summary>
    public byte[] Buffer => _buffer;

    /// <summary>Bytes in use.</summary>
    public int Used { get; set; }

    /// <summary>All cells; row r begins at <c>r * Columns</c>.</summary>
    public Cell[] Cells => _cells;

    /// <summary>Records that could not become rows, in row order.</summary>
    public IReadOnlyList<RowError> Faults => _faults;

    /// <summary>Number of <see cref="Faults"/>; read for every row.</summary>
    public int FaultCount => _faults.Count;

    /// <summary>Repaired rows, in row order.</summary>
    public IReadOnlyList<RowRepair> Repairs => _repairs;

    // What readers record about the chunk they cut, between reading and parsing; nothing else uses it.

    /// <summary>Number of the first line in the chunk, one-based.</summary>
    internal long FirstLine { get; set; }

    /// <summary>Where the chunk begins in the decompressed content of its file, in bytes.</summary>
    internal long Origin { get; set; }

    /// <summary>File of the chunk; an index into the reader's files.</summary>
    internal int File { get; set; }

    /// <summary>Where the lines begin in the buffer: after a byte order mark or a header.</summary>
    internal long Tag { get; set; }

    /// <summary>Sequences that were not UTF-8 and became U+FFFD, since the last <see cref="Reset"/>.</summary>
    internal long Replacements { get; set; }

    /// <summary>A reader's records on the pieces of the chunk; empty after <see cref="Reset"/>. A batch keeps one such list, of one reader's kind.</summary>
    internal List<T> Pieces<T>() => _pieces as List<T> ?? (List<T>)(_pieces = new List<T>());

    /// <summary>The cells of a row.</summary>
    public ReadOnlySpan<Cell> Row(int row) => _cells.AsSpan(row * Columns, Columns);

    /// <summary>Position of a row.</summary>
    public RowLocation Place(int row) => _places[row];

    /// <summary>The raw text of a row.</summary>
    public ReadOnlySpan<byte> Raw(int row) => _buffer.AsSpan(_places[row].RawOffset, _places[row].RawLength);

    /// <summary>The bytes of a cell.</summary>
    public ReadOnlySpan<byte> Bytes(Cell cell) => _buffer.AsSpan(cell.Offset, cell.Length);

    /// <summary>Why a row could not be read, or null. Rows must be queried in order.</summary>
    /// <param name="row">The row.</param>
    /// <param name="next">Position among <see cref="Faults"/>: 0 before the first row, carried over from row to row.</param>
    public RowError? ErrorOf(int row, ref int next)
    {
        while (next < _faults.Count && _faults[next].Row < row) next++;
        return next < _faults.Count && _faults[next].Row == row ? _faults[next] : null;
    }

    /// <summary>Empties the batch; the buffers are kept.</summary>
    public void Reset()
    {
        Count = 0;
        Used = 0;
        Replacements = 0;
        _faults.Clear();
        _repairs.Clear();
        (_pieces as System.Collections.IList)?.Clear();
    }

    /// <summary>Adds a row of missing cells and returns it for the caller to fill. The span is valid until the next row is added.</summary>
    public Span<Cell> AddRow(RowLocation place)
    {
        MakeRoom(1);
        _places[Count] = place;
        var row = _cells.AsSpan(Count * Columns, Columns);
        row.Clear();
        Count++;
        return row;
    }

    /// <summary>Adds consecutive rows of missing cells and returns their cells for the caller to fill. The span is valid until the next row is added.</summary>
    /// <param name="count">Number of rows.</param>
    /// <param name="first">Position of the first; the others are on the following lines.</param>
    public Span<Cell> AddRows(int count, RowLocation first)
    {
        MakeRoom(count);
        for (var i = 0; i < count; i++) _places[Count + i] = first with { Line = first.Line + i };

        var rows = _cells.AsSpan(Count * Columns, count * Columns);
        rows.Clear();
        Count += count;
        return rows;
    }

    /// <summary>Marks the row added last as unreadable.</summary>
    public void AddFault(string code, string message, int column = -1) => AddFault(Count - 1, code, message, column);

    /// <summary>Marks a row as unreadable. Faults must be added in row order.</summary>
    public void AddFault(int row, string code, string message, int column = -1) => _faults.Add(new RowError(row, code, message, column));

    /// <summary>Empties the batch and releases a buffer that a large row has grown.</summary>
    public void Trim()
    {
        Reset();
        if (_buffer.Length > MaxKept) Dispose();
    }

    /// <summary>Records a repair of the row added last.</summary>
    public void AddRepair(InputRepairs what) => AddRepair(Count - 1, what);

    /// <summary>Records a repair of a row; must be called in row order.</summary>
    public void AddRepair(int row, InputRepairs what)
    {
        if (_repairs.Count > 0 && _repairs[^1].Row == row)
        {
            what |= _repairs[^1].What;
            _repairs.RemoveAt(_repairs.Count - 1);
        }

        _repairs.Add(new RowRepair(row, what));
    }

    /// <summary>Removes and returns the repair recorded last; for readers that do not add the row.</summary>
    public InputRepairs TakeRepair()
    {
        if (_repairs.Count == 0) return InputRepairs.None;

        var what = _repairs[^1].What;
        _repairs.RemoveAt(_repairs.Count - 1);
        return what;
    }

    /// <summary>Makes room for <paramref name="count"/> more bytes after <see cref="Used"/> and returns it; call <see cref="Append(int)"/> after writing.</summary>
    public Span<byte> Reserve(int count)
    {
        if (Used + count > _buffer.Length)
        {
            var larger = RowArrays.Rent(checked((int)Math.Min(Array.MaxLength, Math.Max((long)_buffer.Length * 2, (long)Used + count))));
            _buffer.AsSpan(0, Used).CopyTo(larger);
            Dispose();
            _buffer = larger;
        }

        return _buffer.AsSpan(Used);
    }

    /// <summary>Commits the first <paramref name="count"/> bytes of the span that <see cref="Reserve"/> returned.</summary>
    public void Append(int count) => Used += count;

    /// <summary>Appends bytes and returns where they begin.</summary>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        var start = Used;
        bytes.CopyTo(Reserve(bytes.Length));
        Used += bytes.Length;
        return start;
    }

    /// <summary>Replaces the buffer with another array of the shared pool, of which the first <paramref name="used"/> bytes are in use, and returns the
    /// previous one: both change owners, and nothing is copied.</summary>
    public byte[] Exchange(byte[] buffer, int used)
    {
        var before = _buffer;
        _buffer = buffer;
        Used = used;
        return before;
    }

    /// <summary>Takes the bytes of another batch in exchange for this one's emptied buffer; nothing is copied.</summary>
    internal void TakeBytes(RowBatch other)
    {
        (_buffer, other._buffer) = (other._buffer, _buffer);
        (Used, other.Used) = (other.Used, 0);
    }

    /// <summary>Returns the buffer to its pool.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            RowArrays.Return(_buffer);
            _buffer = [];
        }
    }

    private void MakeRoom(int rows)
    {
        if ((Count + rows) * Columns > _cells.Length) Array.Resize(ref _cells, Math.Max(_cells.Length * 2, (Count + rows) * Columns));

        if (Count + rows > _places.Length) Array.Resize(ref _places, Math.Max(_places.Length * 2, Count + rows));
    }
}
