using InstructKit.Cells;
using InstructKit.Diagnostics;
using InstructKit.Parquet;
using InstructKit.Sources.Files;
using InstructKit.Text;

namespace InstructKit.Sources.Columnar;

/// <summary>
/// Reads Parquet files, row group after row group, in batches of some thousand rows whatever the size of a row group. Decoding is done while the
/// reader is held; what follows (mapping, rendering, writing) goes on beside it.
/// </summary>
internal sealed class ParquetSource : RowReader
{
    private const string WholeRecord = "row";

    private static readonly CellKind[] Kinds = [.. Enum.GetValues<ParquetCellKind>().Select(KindOf)];

    private readonly IReadOnlyList<SourceFile> _sources;
    private readonly UnpackedBudget _unpacked;
    private readonly ParquetReaderOptions _options;
    private readonly ParquetRows _rows = new();
    private readonly Utf8Output _json = new() { JsonEscaped = true };
    private readonly int _record;
    private readonly bool _replacesBytes;
    private ParquetFile? _file;
    private ParquetRowReader? _group;
    private List<string> _read = [];
    private int[] _cells = [];
    private int _next;
    private int _nextGroup;
    private long _row;

    public ParquetSource(SourceSpec spec, IReadOnlyList<SourceFile> files, IReadOnlyList<string> columns)
    {
        var limits = spec.Limits;
        _unpacked = new UnpackedBudget(limits);
        _replacesBytes = spec.Repairs.Repairs(InputRepairs.InvalidUtf8);

        // What follows goes over a batch several times: it should stay in a processor's own cache.
        _options = new ParquetReaderOptions
        {
            BatchRows = 1024,
            BatchBytes = 256 << 10,
            MaxRowBytes = limits.MaxLineBytes,
            MaxBufferBytes = limits.MaxBufferBytes,
            MaxPageBytes = (int)Math.Min(Array.MaxLength / 2, limits.MaxBufferBytes / 2),
        };
        _sources = files;
        Columns = columns;
        Files = [.. files.Select(file => file.Name)];
        _record = columns.ToList().IndexOf(WholeRecord);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Columns { get; }

    /// <summary>Columns of a file, without reading its rows.</summary>
    public static IReadOnlyList<string> ColumnsOf(SourceFile file) => Guard(file, () =>
    {
        using var parquet = ParquetFile.Open(file.Path);
        return parquet.Columns.Select(column => column.Name).ToList();
    });

    /// <summary>Rows of a file, from its footer.</summary>
    public static long RowsOf(SourceFile file) => Guard(file, () =>
    {
        using var parquet = ParquetFile.Open(file.Path);
        return parquet.RowCount;
    });

    /// <inheritdoc/>
    public override bool ReadChunk(RowBatch batch)
    {
        batch.Reset();
        while (true)
        {
            if (_group is not null && Guard(_sources[_next - 1], () => _group.Read(_rows)))
            {
                _unpacked.Charge(_rows.Used, _sources[_next - 1].Name);
                Fill(batch);
                return true;
            }

            _group?.Dispose();
            _group = null;
            if (_file is not null && _nextGroup < _file.RowGroups.Count) _group = Guard(_sources[_next - 1], () => _file.OpenRowGroup(_nextGroup++, _read));
            else if (!NextFile()) return false;
        }
    }

    /// <inheritdoc/>
    public override void Parse(RowBatch batch)
    {
        // Everything was done when the chunk was read: pages are decoded in order.
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _group?.Dispose();
        _file?.Dispose();
        _rows.Dispose();
        base.Dispose(disposing);
    }

    private static string OptionOf(ParquetException exception) => exception.Limit switch
    {
        nameof(ParquetReaderOptions.MaxRowBytes) => " (--max-line-bytes)",
        nameof(ParquetReaderOptions.MaxBufferBytes) or nameof(ParquetReaderOptions.MaxPageBytes) => " (--max-buffer-bytes)",
        _ => string.Empty,
    };

    private static T Guard<T>(SourceFile file, Func<T> read)
    {
        try
        {
            return InputFile.Guard(file, read);
        }
        catch (ParquetException exception)
        {
            throw new DiagnosticException(new Diagnostic(exception.Code, Severity.Error, $"{file.Name}: {exception.MessageInFile}{OptionOf(exception)}"), exception);
        }
    }

    private bool NextFile()
    {
        _file?.Dispose();
        _file = null;
        if (_next == _sources.Count) return false;

        var source = _sources[_next++];
        _file = Guard(source, () => ParquetFile.Open(source.Path, _options));
        _nextGroup = 0;
        _row = 0;
        // The whole record needs every column; a column that the file lacks is missing in every row.
        var all = _file.Columns.Select(column => column.Name).ToList();
        _read = _record >= 0 && !all.Contains(WholeRecord) ? all : [.. Columns.Where(all.Contains).Distinct(StringComparer.Ordinal)];
        _cells = [.. Columns.Select(column => _read.IndexOf(column))];
        return true;
    }

    // The bytes change owners; the cells are slices of the same array before and after.
    private void Fill(RowBatch batch)
    {
        var used = _rows.Used;
        _rows.Exchange(batch.Exchange(_rows.Exchange([]), used));
        var cells = batch.AddRows(_rows.Count, new RowLocation(_next - 1, _row + 1, 0, 0));
        _row += _rows.Count;
        for (var column = 0; column < _cells.Length; column++)
        {
            if (_cells[column] >= 0) Convert(_rows.Cells[_cells[column]..], _rows.Columns, cells[column..], _cells.Length);
        }

        var whole = _record >= 0 && _cells[_record] < 0;
        for (var row = 0; (whole || _rows.HasInvalid) && row < _rows.Count; row++)
        {
            var from = _rows.Row(row);
            var own = cells.Slice(row * _cells.Length, _cells.Length);
            if (_replacesBytes) from = Repaired(batch, row, from, own);

            if (FaultOf(from) is { } fault)
            {
                own.Clear();
                batch.AddFault(row, SourceCodes.InvalidEncoding, fault);
            }
            else if (whole)
            {
                var json = WriteRecord(batch, from);
                own[_record] = new Cell(CellKind.Json, batch.Append(json), json.Length);
            }
        }
    }

    private ReadOnlySpan<ParquetCell> Repaired(RowBatch batch, int index, ReadOnlySpan<ParquetCell> row, Span<Cell> cells)
    {
        ParquetCell[]? repaired = null;
        for (var i = 0; i < row.Length; i++)
        {
            if (row[i].Kind == ParquetCellKind.InvalidText)
            {
                var at = Utf8Check.AppendReplaced(batch, row[i].Offset, row[i].Length);
                repaired ??= row.ToArray();
                repaired[i] = new ParquetCell(ParquetCellKind.Text, at, batch.Used - at);
            }
        }

        if (repaired is null) return row;

        for (var column = 0; column < cells.Length; column++)
        {
            if (_cells[column] >= 0 && row[_cells[column]].Kind == ParquetCellKind.InvalidText)
            {
                var cell = repaired[_cells[column]];
                cells[column] = new Cell(CellKind.Text, cell.Offset, cell.Length);
            }
        }

        batch.AddRepair(index, InputRepairs.InvalidUtf8);
        return repaired;
    }

    private string? FaultOf(ReadOnlySpan<ParquetCell> row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            switch (row[i].Kind)
            {
                case ParquetCellKind.InvalidText or ParquetCellKind.InvalidJson:
                    return $"The column '{_read[i]}' holds text that is not UTF-8.";
            }
        }

        return null;
    }

    // A column of cells, one in so many on either side.
    private static void Convert(ReadOnlySpan<ParquetCell> from, int fromStride, Span<Cell> to, int toStride)
    {
        for (int at = 0, next = 0; at < to.Length; at += toStride, next += fromStride)
        {
            var cell = from[next];
            to[at] = new Cell(Kinds[(int)cell.Kind], cell.Offset, cell.Length, cell.Kind == ParquetCellKind.PlainText);
        }
    }

    private static CellKind KindOf(ParquetCellKind kind) => kind switch
    {
        ParquetCellKind.Missing => CellKind.Missing,
        ParquetCellKind.Null => CellKind.Null,
        ParquetCellKind.Integer => CellKind.Integer,
        ParquetCellKind.Float => CellKind.Float,
        ParquetCellKind.True => CellKind.True,
        ParquetCellKind.False => CellKind.False,
        ParquetCellKind.Json or ParquetCellKind.LooseJson or ParquetCellKind.InvalidJson => CellKind.Json,
        _ => CellKind.Text,
    };

    private ReadOnlySpan<byte> WriteRecord(RowBatch batch, ReadOnlySpan<ParquetCell> row)
    {
        _json.Length = 0;
        _json.AppendRaw("{"u8);
        for (var i = 0; i < row.Length; i++)
        {
            _json.AppendRaw(i == 0 ? "\""u8 : ",\""u8);
            _json.AppendText(_read[i]);
            _json.AppendRaw("\":"u8);
            switch (row[i].Kind)
            {
                case ParquetCellKind.Text or ParquetCellKind.PlainText or ParquetCellKind.Base64:
                    _json.AppendRaw("\""u8);
                    _json.AppendText(batch.Buffer.AsSpan(row[i].Offset, row[i].Length));
                    _json.AppendRaw("\""u8);
                    break;
                case ParquetCellKind.True:
                    _json.AppendRaw("true"u8);
                    break;
                case ParquetCellKind.False:
                    _json.AppendRaw("false"u8);
                    break;
                case ParquetCellKind.Integer or ParquetCellKind.Float or ParquetCellKind.Json or ParquetCellKind.LooseJson:
                    _json.AppendRaw(batch.Buffer.AsSpan(row[i].Offset, row[i].Length));
                    break;
                default:
                    _json.AppendRaw("null"u8);
                    break;
            }
        }

        _json.AppendRaw("}"u8);
        return _json.Written;
    }
}
