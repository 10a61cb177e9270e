namespace InstructKit.Sources.Json;

/// <summary>Walks a path through JSON values and turns every record it leads to into a row. Values are checked before the walk, so the walk itself sees
/// only valid JSON. Not thread-safe: one for each chunk.</summary>
internal sealed class RecordWalker
{
    private readonly RecordPath _path;
    private readonly RecordColumns _columns;
    private readonly JsonObjectParser _objects;
    private readonly JsonRules _rules;
    private readonly bool _replacesBytes;
    private readonly PieceText _piece;
    private readonly bool _singleIsArray;
    private readonly bool _checksKeys;
    private readonly Level[] _levels;

    private RowBatch _batch = null!; // Set by every Walk.
    private InputRepairs _known;

    /// <summary>Creates a walker.</summary>
    /// <param name="spec">The layout's settings.</param>
    /// <param name="columns">The columns of the rows.</param>
    /// <param name="isXml">True when the JSON was converted from XML: one child looks like a list of one, and the text is not raw text of the file.</param>
    /// <param name="isForeign">True when the JSON was converted from another format, and is not raw text of the file either.</param>
    public RecordWalker(SourceSpec spec, RecordPath path, IReadOnlyList<string> columns, bool isXml, bool isForeign = false)
    {
        _rules = new JsonRules(spec);
        _replacesBytes = spec.Repairs.Repairs(InputRepairs.InvalidUtf8);
        _path = path;
        _columns = RecordColumns.Create(columns, path);
        _objects = new JsonObjectParser(columns, spec.Limits.MaxColumns);
        _singleIsArray = isXml;
        _checksKeys = !isXml;
        _piece = new PieceText(spec, isXml || isForeign);
        _levels = new Level[path.Levels.Length];
    }

    private ReadOnlySpan<byte> Text => _piece.Bytes;

    /// <summary>Adds the rows of one piece, whose text lies in the batch.</summary>
    /// <param name="file">The file, an index into the reader's.</param>
    public void Walk(RowBatch batch, int file, in JsonPiece piece)
    {
        (_batch, _known) = (batch, InputRepairs.None);
        var bad = _piece.Begin(batch, file, piece);
        if (bad >= 0)
        {
            Fault(0, _piece.Length, SourceCodes.InvalidEncoding, Utf8Check.Message(Text[bad]), bad);
            return;
        }

        var scanner = Scan(0, _checksKeys);
        scanner.SkipSpace();
        var at = scanner.Position;
        if (piece.StepsDone == _path.Steps.Length && scanner.Peek == '{')
        {
            EnterLevel(piece, at);
            Record(at, _piece.Length - at, isChecked: false);
            return;
        }

        if (!scanner.Value(out _, out _, out _, out _, 0) || !AtEnd(ref scanner))
        {
            Fault(0, _piece.Length, scanner.ErrorCode, scanner.Error!, scanner.Position);
            return;
        }

        _known = scanner.Repaired;

        Go(piece.StepsDone, EnterLevel(piece, at), at);
    }

    // The level that the piece is an element of; returns the number of levels entered.
    private int EnterLevel(in JsonPiece piece, int at)
    {
        var level = 0;
        foreach (var step in _path.Steps.AsSpan()[..piece.StepsDone]) level += step.Kind == RecordStepKind.Key ? 0 : 1;

        if (level > 0) _levels[level - 1] = new Level(at, piece.Index, piece.KeyLength >= 0 ? piece.KeyStart : -1, piece.KeyLength);

        return level;
    }

    private static bool AtEnd(ref JsonScanner scanner)
    {
        scanner.SkipSpace();
        return scanner.AtEnd || scanner.Fail("expected the end of the value");
    }

    // The buffer moves when rows append to it, so every use of the text begins with a new scanner.
    private JsonScanner Scan(int position, bool checksKeys = false) => new(Text, _rules, checksKeys) { Position = position };

    // Duplicate keys of a piece are searched for again only to find which of its rows have them.
    private JsonScanner ScanRow(int position, bool isChecked) => Scan(position, _checksKeys && (!isChecked || _known.HasFlag(InputRepairs.DuplicateKeys)));

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
        if (first == 'n') return;

        switch (kind)
        {
            case RecordStepKind.Key when first == '{':
                var value = Find(at, _path.Steps[step].Utf8);
                if (value >= 0) Go(step + 1, level, value);

                break;
            case RecordStepKind.Elements when first == '[': Elements(step, level, at); break;
            case RecordStepKind.Elements when _singleIsArray:
                _levels[level] = new Level(at, 0, -1, 0);
                Go(step + 1, level + 1, at);
                break;
            case RecordStepKind.Values when first == '{': Members(step, level, at); break;
            case RecordStepKind.Key:
                Fault(at, End(at) - at, SourceCodes.UnexpectedType, $"expected an object with the key '{name}' on the path to the records", at);
                break;
            case RecordStepKind.Elements:
                Fault(at, End(at) - at, SourceCodes.UnexpectedType, $"'{name}' is not an array, on the path to the records", at);
                break;
            default: Fault(at, End(at) - at, SourceCodes.UnexpectedType, "expected an object on the path to the records", at); break;
        }
    }

    private int Find(int at, ReadOnlySpan<byte> wanted)
    {
        var found = -1;
        var scanner = Scan(at + 1);
        scanner.SkipSpace();
        while (scanner.Peek == '"')
        {
            var start = scanner.Position + 1;
            scanner.String(out _, out _);
            var key = JsonText.Plain(Text[start..(scanner.Position - 1)]);
            scanner.Colon();
            if (key.SequenceEqual(wanted))
            {
                found = scanner.Position;
                if (!_known.HasFlag(InputRepairs.DuplicateKeys)) break;
            }

            scanner.SkipItem();
        }

        return found;
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
            scanner.SkipItem();
        }
    }

    private void Members(int step, int level, int at)
    {
        var scanner = Scan(at + 1);
        scanner.SkipSpace();
        for (var i = 0; scanner.Peek == '"'; i++)
        {
            var key = _piece.Start + scanner.Position + 1;
            scanner.String(out var escaped, out _);
            var length = _piece.Start + scanner.Position - 1 - key;
            if (escaped)
            {
                _batch.Reserve(length);
                var plain = _batch.Used;
                length = JsonText.Decode(_batch.Buffer.AsSpan(key, length), _batch.Buffer.AsSpan(plain));
                _batch.Append(length);
                key = plain;
                scanner = Scan(scanner.Position);
            }

            scanner.Colon();
            var element = scanner.Position;
            _levels[level] = new Level(element, i, key, length);
            Go(step + 1, level + 1, element);
            scanner = Scan(element);
            scanner.SkipItem();
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

        var row = _piece.AddRow(at, length, out var lineStart);
        if (_path.Steps.IsEmpty && _columns.HasFields)
        {
            _piece.AddFault(SourceCodes.UnexpectedType, "expected an object in braces", lineStart, at);
            return;
        }

        FillExtras(row, at);
    }

    private void Record(int at, int length, bool isChecked)
    {
        _batch.Reserve(length);
        var row = _piece.AddRow(at, length, out var lineStart);
        var scanner = ScanRow(at, isChecked);
        if (_objects.Parse(_batch, _piece.Start, ref scanner, row) && (isChecked || AtEnd(ref scanner)))
        {
            Note(scanner.Repaired);
            FillExtras(row, at);
            return;
        }

        row.Clear();
        _piece.AddFault(scanner.ErrorCode, scanner.Error!, lineStart, scanner.Position);
    }

    private void FillExtras(Span<Cell> row, int at)
    {
        foreach (var (column, meaning, isIndex) in _columns.Extras)
        {
            if (row[column].Kind == CellKind.Missing) row[column] = Extra(meaning, isIndex, at);
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
            if (_levels[i].KeyStart >= 0) return Key(_levels[i].KeyStart, _levels[i].KeyLength);
        }

        return Cell.Missing;
    }

    // A piece's key precedes its text and has not been checked yet.
    private Cell Key(int start, int length)
    {
        if (_replacesBytes && Utf8Check.FirstBad(_batch.Buffer.AsSpan(start, length)) >= 0)
        {
            start = Utf8Check.AppendReplaced(_batch, start, length);
            length = _batch.Used - start;
            Note(InputRepairs.InvalidUtf8);
        }
        else if (_piece.IsRepaired(start - _piece.Start, length))
        {
            Note(InputRepairs.InvalidUtf8);
        }

        return new Cell(CellKind.Text, start, length);
    }

    private Cell Value(int at)
    {
        var scanner = ScanRow(at, isChecked: true);
        scanner.SkipSpace();
        scanner.Value(out var kind, out var start, out var length, out var canonical, 0);
        Note(scanner.Repaired | (_piece.IsRepaired(start, length) ? InputRepairs.InvalidUtf8 : InputRepairs.None));
        return JsonObjectParser.CellOf(_batch, kind, _piece.Start + start, length, canonical);
    }

    private void Fault(int at, int length, string code, string message, int position)
    {
        _piece.AddRow(at, length, out var lineStart);
        _piece.AddFault(code, message, lineStart, position);
    }

    private void Note(InputRepairs what)
    {
        if (what != InputRepairs.None) _batch.AddRepair(what);
    }

    private readonly record struct Level(int Start, int Index, int KeyStart, int KeyLength);
}
