using InstructKit.Parquet.Reading;

namespace InstructKit.Parquet;

/// <summary>
/// A batch of consecutive rows: bytes and a table of cells, row-major. Filled by <see cref="ParquetRowReader.Read"/>, which overwrites what was
/// there; meant to be used again and again by one thread.
/// </summary>
public sealed class ParquetRows : IDisposable
{
    private ParquetCell[] _cells = [];

    /// <summary>Cells per row.</summary>
    public int Columns { get; private set; }

    /// <summary>Whether some cell is <see cref="ParquetCellKind.InvalidText"/> or <see cref="ParquetCellKind.InvalidJson"/>.</summary>
    public bool HasInvalid { get; internal set; }

    /// <summary>Rows in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes that cells are slices of; replaced when it grows.</summary>
    public byte[] Buffer => Bytes.Bytes;

    /// <summary>Bytes in use.</summary>
    public int Used => Bytes.Length;

    /// <summary>All cells; those of row r begin at <c>r * Columns</c>.</summary>
    public ReadOnlySpan<ParquetCell> Cells => _cells.AsSpan(0, Count * Columns);

    internal CellBuffer Bytes { get; } = new();

    /// <summary>The cells of a row.</summary>
    public ReadOnlySpan<ParquetCell> Row(int row) => _cells.AsSpan(row * Columns, Columns);

    /// <summary>The bytes of a cell.</summary>
    public ReadOnlySpan<byte> Text(ParquetCell cell) => Buffer.AsSpan(cell.Offset, cell.Length);

    /// <summary>
    /// Gives <see cref="Buffer"/> to the caller, to whom the cells are slices of it from now on, and takes another array of
    /// <see cref="System.Buffers.ArrayPool{T}.Shared"/> (or an empty one) for the rows that are read next.
    /// </summary>
    public byte[] Exchange(byte[] other) => Bytes.Exchange(other);

    /// <summary>Returns the buffer to its pool.</summary>
    public void Dispose() => Bytes.Dispose();

    internal void Reset(int columns)
    {
        Columns = columns;
        Count = 0;
        HasInvalid = false;
        Bytes.Clear();
    }

    /// <summary>Adds rows and gives out their cells.</summary>
    internal Span<ParquetCell> AddRows(int count)
    {
        var start = Count * Columns;
        var cells = count * Columns;
        if (start + cells > _cells.Length) Array.Resize(ref _cells, Math.Max(_cells.Length * 2, Math.Max(64, start + cells)));

        Count += count;
        return _cells.AsSpan(start, cells);
    }
}
