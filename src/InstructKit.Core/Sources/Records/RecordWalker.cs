using System.Globalization;
using InstructKit.Rows;
using InstructKit.Templating;

namespace InstructKit.Sources;

/// <summary>
/// Walks a path through JSON values and makes a row of every record it leads to. A value is checked whole before the walk, so the walk itself
/// meets nothing but valid JSON. Not thread-safe: one for each chunk.
/// </summary>
internal sealed class RecordWalker
{
    private readonly RecordPath _path;
    private readonly RecordColumns _columns;
    private readonly JsonObjectParser _objects;
    private readonly SourceSpec _spec;
    private readonly bool _singleIsArray;
    private readonly bool _keepsRaw;
    private readonly Level[] _levels;

    private RowBatch _batch = null!; // Set by every Walk.
    private int _file;
    private int _start;
    private int _length;
    private UnitFrame _frame;
    private int _keyStart;

    /// <summary>Makes a walker.</summary>
    /// <param name="spec">The layout's words.</param>
    /// <param name="path">The path.</param>
    /// <param name="columns">The columns of the rows.</param>
    /// <param name="isXml">True when the JSON was made from XML: one child looks no different from a list of one, and the text is nobody's raw text.</param>
    public RecordWalker(SourceSpec spec, RecordPath path, IReadOnlyList<string> columns, bool isXml)
    {
        _spec = spec;
        _path = path;
        _columns = RecordColumns.Create(columns, path);
        _objects = new JsonObjectParser(columns, spec.Limits.MaxColumns);
        _singleIsArray = isXml;
        _keepsRaw = !isXml;
        _levels = new Level[path.Levels.Length];
    }

    private ReadOnlySpan<byte> Text => _batch.Buffer.AsSpan(_start, _length);

    /// <summary>Adds the rows of one piece, whose text lies in the batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="file">The file, an index into the reader's.</param>
    /// <param name="start">Start of the text.</param>
    /// <param name="frame">What is known of the piece.</param>
    /// <param name="keyStart">Start of the piece's key, when it has one.</param>
    public void Walk(RowBatch batch, int file, int start, in UnitFrame frame, int keyStart)
    {
        (_batch, _file, _start, _length, _frame, _keyStart) = (batch, file, start, frame.Length, frame, keyStart);
        var bad = Utf8Check.FirstBad(Text);
        if (bad >= 0 && _spec.InvalidUtf8 == InvalidUtf8.Replace)
        {
            _start = Utf8Check.AppendReplaced(batch, start, frame.Length);
            _length = batch.Used - _start;
            bad = -1;
        }

        if (bad >= 0)
        {
            Fault(0, _length, SourceCodes.InvalidEncoding, Utf8Check.Message(Text[bad]), bad);
            return;
        }

        var scanner = Scan(0);
        scanner.SkipSpace();
        var at = scanner.Position;
        if (frame.StepsDone == _path.Steps.Length && scanner.Peek == '{')
        {
            EnterLevel(frame, at, keyStart);
            Record(at, _length - at, isChecked: false);
            return;
        }

        if (!scanner.Value(out _, out _, out _, out _, 0) || !AtEnd(ref scanner))
        {
            Fault(0, _length, scanner.TooDeep ? SourceCodes.LimitExceeded : SourceCodes.InvalidJson, scanner.Error!, scanner.Position);
            return;
        }

        Go(frame.StepsDone, EnterLevel(frame, at, keyStart), at);
    }

    // The level that the piece is an element of; gives the number of levels that are entered.
    private int EnterLevel(in UnitFrame frame, int at, int keyStart)
    {
        var level = 0;
        foreach (var step in _path.Steps.AsSpan()[..frame.StepsDone])
        {
            level += step.Kind == RecordStepKind.Key ? 0 : 1;
        }

        if (level > 0)
        {
            _levels[level - 1] = new Level(at, frame.Index, frame.KeyLength >= 0 ? keyStart : -1, frame.KeyLength);
        }

        return level;
    }

    private static bool AtEnd(ref JsonScanner scanner)
    {
        scanner.SkipSpace();
        return scanner.AtEnd || scanner.Fail("expected the end of the value");
    }

    // The buffer moves when rows append to it, so every use of the text begins with a new scanner.
    private JsonScanner Scan(int position) => new(Text, _spec.Limits.MaxJsonDepth) { Position = position };

    private int End(int at)
    {
        var scanner = Scan(at);
        scanner.Value(out _, out _, out _, out _, 0);
        return scanner.Position;
    }

    private void Go(int step, int level, int at)
    {
        if (step == _path.Steps.Length)
        {
            Emit(at);
            return;
        }

        var (kind, name) = (_path.Steps[step].Kind, _path.Steps[step].Name);
        var first = Text[at];
        if (first == 'n')
        {
            return;
        }

        switch (kind)
        {
            case RecordStepKind.Key when first == '{':
                var value = Find(at, _path.Steps[step].Utf8);
                if (value >= 0)
                {
                    Go(step + 1, level, value);
                }

                break;
            case RecordStepKind.Elements when first == '[':
                Elements(step, level, at);
                break;
            case RecordStepKind.Elements when _singleIsArray:
                _levels[level] = new Level(at, 0, -1, 0);
                Go(step + 1, level + 1, at);
                break;
            case RecordStepKind.Values when first == '{':
                Members(step, level, at);
                break;
            case RecordStepKind.Key:
                Fault(at, End(at) - at, SourceCodes.UnexpectedType, $"expected an object with the key '{name}' on the way to the records", at);
                break;
            case RecordStepKind.Elements:
                Fault(at, End(at) - at, SourceCodes.UnexpectedType, $"'{name}' is not an array, on the way to the records", at);
                break;
            default:
                Fault(at, End(at) - at, SourceCodes.UnexpectedType, "expected an object on the way to the records", at);
                break;
        }
    }

    private int Find(int at, ReadOnlySpan<byte> wanted)
    {
        var scanner = Scan(at + 1);
        scanner.SkipSpace();
        while (scanner.Peek == '"')
        {
            var start = scanner.Position + 1;
            scanner.String(out var escaped, out _);
            var key = Text[start..(scanner.Position - 1)];
            if (escaped)
            {
                var plain = new byte[key.Length];
                key = plain.AsSpan(0, JsonText.Decode(key, plain, escape: false, out _));
            }

            scanner.Colon();
            if (key.SequenceEqual(wanted))
            {
                return scanner.Position;
            }

            Next(ref scanner);
        }

        return -1;
    }

    private static void Next(ref JsonScanner scanner)
    {
        scanner.Value(out _, out _, out _, out _, 0);
        scanner.SkipSpace();
        scanner.TryPass((byte)',');
        scanner.SkipSpace();
    }

    private void Elements(int step, int level, int at)
    {
        var scanner = Scan(at + 1);
        scanner.SkipSpace();
        for (var i = 0; scanner.Peek != ']'; i++)
        {
            var element = scanner.Position;
            _levels[level] = new Level(element, i, -1, 0);
            Go(step + 1, level + 1, element);
            scanner = Scan(element);
            Next(ref scanner);
        }
    }

    private void Members(int step, int level, int at)
    {
        var scanner = Scan(at + 1);
        scanner.SkipSpace();
        for (var i = 0; scanner.Peek == '"'; i++)
        {
            var key = _start + scanner.Position + 1;
            scanner.String(out var escaped, out _);
            var length = _start + scanner.Position - 1 - key;
            if (escaped)
            {
                _batch.Reserve(length);
                var plain = _batch.Used;
                length = JsonText.Decode(_batch.Buffer.AsSpan(key, length), _batch.Buffer.AsSpan(plain), escape: false, out _);
                _batch.Append(length);
                key = plain;
                scanner = Scan(scanner.Position);
            }

            scanner.Colon();
            var element = scanner.Position;
            _levels[level] = new Level(element, i, key, length);
            Go(step + 1, level + 1, element);
            scanner = Scan(element);
            Next(ref scanner);
        }
    }

    private void Emit(int at)
    {
        var length = End(at) - at;
        if (Text[at] == '{')
        {
            Record(at, length, isChecked: true);
            return;
        }

        var row = AddRow(at, length, out var lineStart);
        if (_path.Steps.IsEmpty && _columns.HasFields)
        {
            _batch.AddFault(SourceCodes.UnexpectedType, "expected an object in braces", FaultColumn(lineStart, at));
            return;
        }

        FillExtras(row, at);
    }

    private void Record(int at, int length, bool isChecked)
    {
        _batch.Reserve(length);
        var row = AddRow(at, length, out var lineStart);
        var scanner = Scan(at);
        var parsed = _objects.Parse(_batch, _start, ref scanner, row);
        var code = _objects.ErrorCode;
        if (parsed && !isChecked && !AtEnd(ref scanner))
        {
            parsed = false;
            code = SourceCodes.InvalidJson;
        }

        if (parsed)
        {
            FillExtras(row, at);
            return;
        }

        row.Clear();
        _batch.AddFault(code, Placed(scanner.Error!, lineStart, scanner.Position), FaultColumn(lineStart, scanner.Position));
    }

    private void FillExtras(Span<Cell> row, int at)
    {
        foreach (var (column, meaning, isIndex) in _columns.Extras)
        {
            if (row[column].Kind == CellKind.Missing)
            {
                row[column] = Extra(meaning, isIndex, at);
            }
        }
    }

    private Cell Extra(int meaning, bool isIndex, int at)
    {
        if (isIndex)
        {
            Span<byte> digits = stackalloc byte[16];
            _levels[meaning].Index.TryFormat(digits, out var count, provider: CultureInfo.InvariantCulture);
            return new Cell(CellKind.Integer, _batch.Append(digits[..count]), count);
        }

        return meaning switch
        {
            RecordColumns.Row => Value(at),
            RecordColumns.Root => Value(0),
            RecordColumns.Key => Key(),
            _ => Value(_levels[meaning].Start),
        };
    }

    private Cell Key()
    {
        for (var i = _levels.Length - 1; i >= 0; i--)
        {
            if (_levels[i].KeyStart >= 0)
            {
                return new Cell(CellKind.Text, _levels[i].KeyStart, _levels[i].KeyLength);
            }
        }

        return Cell.Missing;
    }

    private Cell Value(int at)
    {
        var scanner = Scan(at);
        scanner.SkipSpace();
        scanner.Value(out var kind, out var start, out var length, out var canonical, 0);
        return JsonObjectParser.CellOf(_batch, kind, _start + start, length, canonical);
    }

    private void Fault(int at, int length, string code, string message, int position)
    {
        AddRow(at, length, out var lineStart);
        _batch.AddFault(code, Placed(message, lineStart, position), FaultColumn(lineStart, position));
    }

    private Span<Cell> AddRow(int at, int length, out int lineStart)
    {
        var before = Text[..at];
        lineStart = before.LastIndexOf((byte)'\n') + 1;
        lineStart = lineStart == 0 ? -_frame.Column : lineStart;
        var line = _frame.Line + before.Count((byte)'\n');
        return _batch.AddRow(new RowPlace(_file, line, _keepsRaw ? _start + at : 0, _keepsRaw ? length : 0));
    }

    // A column on a later line than the row's own is told in words.
    private string Placed(string message, int lineStart, int position)
    {
        var from = Math.Max(lineStart, 0);
        var lines = _keepsRaw && position > from ? Text[from..position].Count((byte)'\n') : 0;
        if (lines == 0)
        {
            return message;
        }

        var column = position - Text[..position].LastIndexOf((byte)'\n');
        return string.Create(CultureInfo.InvariantCulture, $"{message} ({lines} lines further down, column {column})");
    }

    private int FaultColumn(int lineStart, int position)
    {
        var from = Math.Max(lineStart, 0);
        return !_keepsRaw || (position > from && Text[from..position].Contains((byte)'\n')) ? -1 : position - lineStart;
    }

    private readonly record struct Level(int Start, int Index, int KeyStart, int KeyLength);
}
