using InstructKit.Parquet;
using InstructKit.Parquet.Format;
using InstructKit.Sources.Files;
using InstructKit.Sources.Json;

namespace InstructKit.Sources.Columnar;

/// <summary>Reads Parquet files, one row group after another, in batches of a few thousand rows whatever the size of a row group. Decoding is done while the
/// reader is held; what follows (mapping, rendering, writing) runs in parallel.</summary>
internal sealed class ParquetSource : FileRowReader
{
    private const string WholeRecord = "row";

    private readonly UnpackedBudget _unpacked;
    private readonly ParquetReaderOptions _options;
    private readonly int _record;
    private readonly bool _repairs;
    private ParquetFile? _file;
    private ParquetRowReader? _group;
    private RowBatch? _whole;
    private (int Column, byte[]? Value)[] _folders = [];
    private IReadOnlyList<string> _read = [];
    private byte[][] _keys = [];
    private int _next;
    private int _nextGroup;

    public ParquetSource(SourceInput input)
        : base(input)
    {
        var limits = input.Spec.Limits;
        _unpacked = new UnpackedBudget(limits);
        _repairs = input.Spec.Repairs.Repairs(InputRepairs.InvalidUtf8);

        // Later stages pass over a batch several times, so it should fit in a core's cache.
        _options = new ParquetReaderOptions
        {
            BatchRows = 1024,
            BatchBytes = 256 << 10,
            // Values of a template are doubles: as numbers they would print other digits than those in the file.
            DecimalsAsText = true,
            MaxRowBytes = limits.MaxLineBytes,
            MaxBufferBytes = limits.MaxBufferBytes,
            MaxPageBytes = (int)Math.Min(Array.MaxLength / 2, limits.MaxBufferBytes / 2),
        };
        _record = Columns.ToList().FindIndex(column => column is WholeRecord or SourceInput.WholeRecord);
    }

    /// <summary>Columns of a file, including those from folder names, without reading its rows.</summary>
    public static IReadOnlyList<string> ColumnsOf(SourceFile file) => Guard(file, () =>
    {
        using var parquet = OpenPlain(file);
        return NamesOf(file, parquet);
    });

    /// <summary>The label names in a file's metadata, as <c>datasets</c> writes it: for each column the names of 0, 1 and so on.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> ClassLabelsOf(SourceFile file) => Guard(file, () =>
    {
        using var parquet = OpenPlain(file);
        return ClassLabels.Read(parquet.Metadata.FirstOrDefault(pair => pair.Key == "huggingface").Value);
    });

    /// <summary>Number of rows of a file, from its footer.</summary>
    public static long RowsOf(SourceFile file) => Guard(file, () =>
    {
        using var parquet = OpenPlain(file);
        return parquet.RowCount;
    });

    public override bool ReadChunk(RowBatch batch)
    {
        batch.Reset();
        while (true)
        {
            var rows = _whole ?? batch;
            if (_group is not null && Guard(Input.Files[_next - 1], () => _group.Read(rows, _next - 1)))
            {
                _unpacked.Charge(rows.Used, Input.Files[_next - 1].Name);
                FillFolderColumns(rows);
                Settle(rows);
                if (_whole is not null) Reduce(_whole, batch);

                return true;
            }

            _group?.Dispose();
            _group = null;
            if (_file is not null && _nextGroup < _file.RowGroups.Count) _group = Guard(Input.Files[_next - 1], () => _file.OpenRowGroup(_nextGroup++, _read));
            else if (!NextFile()) return false;
        }
    }

    public override void Parse(RowBatch batch)
    {
        // All the work was done when the chunk was read, because pages are decoded in order.
    }

    protected override void Dispose(bool disposing)
    {
        _group?.Dispose();
        _file?.Dispose();
        _whole?.Dispose();
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

    private static ParquetFile OpenPlain(SourceFile file, ParquetReaderOptions? options = null)
    {
        InputFile.RequirePlain(file);
        return ParquetFile.Open(file.Path, options);
    }

    private bool NextFile()
    {
        _file?.Dispose();
        _file = null;
        if (_next == Input.Files.Count) return false;

        var source = Input.Files[_next++];
        _file = Guard(source, () => OpenPlain(source, _options));
        _nextGroup = 0;

        // The whole record needs every column; a column that the file lacks is missing in every row.
        var all = NamesOf(source, _file);
        var isWhole = _record >= 0 && !all.Contains(Columns[_record]);
        _read = isWhole ? all : Columns;
        _keys = isWhole ? JsonText.KeysOf(all) : [];
        var own = _file.Columns.Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        _folders =
        [
            .. HiveFolders.Of(source.Name).Where(folder => !own.Contains(folder.Column))
                .Select(folder => (_read.ToList().IndexOf(folder.Column), folder.Value)).Where(folder => folder.Item1 >= 0),
        ];
        _whole?.Dispose();
        _whole = isWhole ? new RowBatch(all.Count) : null;
        return true;
    }

    // Rejects two columns of the same name, as in the header of a CSV file: which one is meant is unknown.
    private static List<string> NamesOf(SourceFile source, ParquetFile file)
    {
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        List<string> names = [.. file.Columns.Select(column => column.Name)];
        for (var i = 0; i < names.Count; i++)
        {
            if (!seen.TryAdd(names[i], i))
                throw SourceError.InFile(SourceCodes.BadHeader, source.Name, string.Create(CultureInfo.InvariantCulture, $"columns {seen[names[i]] + 1} and {i + 1} are both named '{names[i]}'"));
        }

        names.AddRange(HiveFolders.Of(source.Name).Select(folder => folder.Column).Where(column => seen.TryAdd(column, -1)));
        return names;
    }

    private void FillFolderColumns(RowBatch rows)
    {
        foreach (var (column, value) in _folders)
        {
            var cell = value is null ? new Cell(CellKind.Null, 0, 0) : new Cell(CellKind.Text, rows.Append(value), value.Length);
            for (var row = 0; row < rows.Count; row++) rows.Cells[(row * rows.Columns) + column] = cell;
        }
    }

    // Declared text that is not UTF-8 is repaired, if the user allows it and it has its own cell; otherwise its row is an error.
    private void Settle(RowBatch rows)
    {
        var invalid = _group!.InvalidTexts;
        for (var i = 0; i < invalid.Count;)
        {
            var row = invalid[i].Row;
            string? error = null;
            for (; i < invalid.Count && invalid[i].Row == row; i++)
            {
                ref var cell = ref rows.Cells[(row * rows.Columns) + invalid[i].Column];
                if (_repairs && !invalid[i].IsNested)
                {
                    var at = Utf8Check.AppendReplaced(rows, cell.Offset, cell.Length);
                    cell = new Cell(CellKind.Text, at, rows.Used - at);
                    rows.AddRepair(row, InputRepairs.InvalidUtf8);
                }
                else
                {
                    error ??= $"The column '{_read[invalid[i].Column]}' holds text that is not UTF-8.";
                }
            }

            if (error is null) continue;

            rows.Cells.AsSpan(row * rows.Columns, rows.Columns).Clear();
            rows.AddFault(row, SourceCodes.InvalidEncoding, error);
        }
    }

    // Turns rows with all columns of the file into rows of the requested columns, one of which is the whole record. The bytes change owners.
    private void Reduce(RowBatch whole, RowBatch batch)
    {
        batch.TakeBytes(whole);
        foreach (var repair in whole.Repairs) batch.AddRepair(repair.Row, repair.What);

        var cells = batch.AddRows(whole.Count, whole.Place(0));
        int[] from = [.. Columns.Select(column => _read.ToList().IndexOf(column))];
        var errors = 0;
        for (var row = 0; row < whole.Count; row++)
        {
            var own = cells.Slice(row * from.Length, from.Length);
            if (errors < whole.FaultCount && whole.Faults[errors].Row == row)
            {
                batch.AddFault(row, whole.Faults[errors].Code, whole.Faults[errors++].Message);
                continue;
            }

            for (var column = 0; column < from.Length; column++)
            {
                if (from[column] >= 0) own[column] = whole.Row(row)[from[column]];
            }

            own[_record] = JsonText.AppendObject(batch, _keys, whole.Row(row));
        }
    }
}
