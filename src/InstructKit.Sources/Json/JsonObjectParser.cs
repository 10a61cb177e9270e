namespace InstructKit.Sources.Json;

/// <summary>Reads the fields of JSON objects into cells. Objects of one file usually have the same keys in the same order, so each key is predicted
/// from the previous object; a wrong prediction costs a look-up. Not thread-safe: one for each chunk.</summary>
internal sealed class JsonObjectParser
{
    private readonly Dictionary<byte[], Key> _keys = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], Key>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;
    private readonly List<Key> _guesses = [];
    private readonly int _maxColumns;
    private long _object;
    private JsonObjectParser? _inner;
    private Key? _outerKey;

    /// <summary>Creates a parser for the fields with these names; cell i is the field <c>columns[i]</c>.</summary>
    public JsonObjectParser(IReadOnlyList<string> columns, int maxColumns)
    {
        _maxColumns = maxColumns;
        _byBytes = _keys.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (var i = 0; i < columns.Count; i++)
        {
            var name = Encoding.UTF8.GetBytes(columns[i]);
            _keys.TryAdd(name, new Key(name, i));
        }
    }

    /// <summary>True when the last object had an object in the field that <see cref="Nest"/> names: the inner parser's cells are of this object.</summary>
    public bool HasInner { get; private set; }

    /// <summary>Cells of the inner parser's fields; must be set before every <see cref="Parse"/>.</summary>
    public Cell[] InnerCells { get; set; } = [];

    /// <summary>From now on cell <paramref name="column"/> is the field with this name.</summary>
    public void AddColumn(string field, int column)
    {
        var name = Encoding.UTF8.GetBytes(field);
        if (_keys.TryGetValue(name, out var key)) key.Column = column;
        else _keys.Add(name, new Key(name, column));
    }

    /// <summary>Has an object in this field read by another parser in the same pass.</summary>
    public void Nest(string field, JsonObjectParser inner)
    {
        _outerKey = _keys[Encoding.UTF8.GetBytes(field)];
        _inner = inner;
    }

    /// <summary>Consumes the object at the scanner's position and fills in the cells. The batch must have room for the object's length again, so that its
    /// buffer, in which the scanner's text begins at <paramref name="offset"/>, stays where it is.</summary>
    public bool Parse(RowBatch batch, int offset, ref JsonScanner scanner, Span<Cell> row, int depth = 0)
    {
        HasInner = false;
        _object++;
        scanner.Position++;
        scanner.SkipSpace();
        if (scanner.TryPass((byte)'}')) return true;

        for (var place = 0; ; place++)
        {
            var key = Next(batch.Buffer.AsSpan(offset), ref scanner, place);
            if (key is null || !scanner.Colon()) return false;

            if (key == _outerKey && scanner.Peek == '{')
            {
                var begin = scanner.Position;
                if (HasInner)
                {
                    Array.Clear(InnerCells); // the last of several objects under the key counts
                }

                if (!_inner!.Parse(batch, offset, ref scanner, InnerCells, depth + 1)) // set together with the key
                {
                    return false;
                }

                HasInner = true;
                row[key.Column] = new Cell(CellKind.Json, offset + begin, scanner.Position - begin);
            }
            else if (!scanner.Value(out var kind, out var start, out var length, out var canonical, depth + 1))
            {
                return false;
            }
            else if (key.Column >= 0)
            {
                HasInner &= key != _outerKey;
                row[key.Column] = CellOf(batch, kind, offset + start, length, canonical);
            }

            scanner.SkipSpace();
            if (scanner.TryPass((byte)'}')) return true;

            if (!scanner.TryPass((byte)',')) return scanner.Fail("expected ',' or '}'");

            scanner.SkipSpace();
        }
    }

    /// <summary>The cell of a value that <see cref="JsonScanner.Value"/> has consumed. A text with escapes that are not canonical is rewritten after the chunk,
    /// as is an array or object that contains a lone surrogate.</summary>
    public static Cell CellOf(RowBatch batch, CellKind kind, int start, int length, bool canonical)
    {
        if (canonical) return new Cell(kind, start, length, kind == CellKind.Text);

        var target = batch.Reserve(length);
        var at = batch.Used;
        if (kind == CellKind.Json)
        {
            JsonText.ReplaceSurrogates(batch.Buffer.AsSpan(start, length), target);
            batch.Append(length);
            return new Cell(kind, at, length);
        }

        var written = JsonText.Decode(batch.Buffer.AsSpan(start, length), target, escape: true, out var escaped);
        batch.Append(written);
        return new Cell(escaped ? CellKind.EscapedText : CellKind.Text, at, written, !escaped);
    }

    private Key? Next(ReadOnlySpan<byte> text, ref JsonScanner scanner, int place)
    {
        var start = scanner.Position;
        if (place < _guesses.Count && scanner.TryPass(_guesses[place].Quoted)) return Once(_guesses[place], ref scanner, start);

        if (place >= _maxColumns)
        {
            scanner.Fail(string.Create(CultureInfo.InvariantCulture, $"more than {_maxColumns} keys (--max-columns)"), SourceCodes.LimitExceeded);
            return null;
        }

        if (scanner.Peek != '"')
        {
            scanner.Fail("expected a key in quotes");
            return null;
        }

        if (!scanner.String(out _, out _)) return null;

        var name = JsonText.Plain(text[(start + 1)..(scanner.Position - 1)]);

        if (!_byBytes.TryGetValue(name, out var key))
        {
            var copy = name.ToArray();
            key = new Key(copy, -1);
            _keys.Add(copy, key);
        }

        if (place < _guesses.Count) _guesses[place] = key;
        else if (place == _guesses.Count) _guesses.Add(key);

        return Once(key, ref scanner, start);
    }

    private Key? Once(Key key, ref JsonScanner scanner, int start)
    {
        if (key.Seen != _object)
        {
            key.Seen = _object;
            return key;
        }

        var behind = scanner.Position;
        scanner.Position = start;
        if (!scanner.TakeDoubled(key.Quoted.AsSpan()[1..^1])) return null;

        scanner.Position = behind;
        return key;
    }

    private sealed class Key(byte[] name, int column)
    {
        public byte[] Quoted { get; } = [(byte)'"', .. name, (byte)'"'];

        public int Column { get; set; } = column;

        public long Seen { get; set; }
    }
}

/// <summary>Reads a slice of a batch that is one JSON value.</summary>
internal static class JsonValue
{
    /// <summary>Checks the slice, which belongs to the row added last, and makes a cell of it. False, with the reason, when it is not one valid value.</summary>
    public static bool TryRead(RowBatch batch, int start, int length, JsonRules rules, out Cell cell, out string code, out string message, out int column)
    {
        batch.Reserve(length);
        var scanner = new JsonScanner(batch.Buffer.AsSpan(start, length), rules);
        scanner.SkipSpace();
        var parsed = scanner.Value(out var kind, out var at, out var count, out var canonical, 0);
        if (parsed)
        {
            scanner.SkipSpace();
            parsed = scanner.AtEnd || scanner.Fail("expected the end of the line after the value");
        }

        if (parsed && scanner.Repaired != InputRepairs.None) batch.AddRepair(scanner.Repaired);

        cell = parsed ? JsonObjectParser.CellOf(batch, kind, start + at, count, canonical) : Cell.Missing;
        code = scanner.ErrorCode;
        message = scanner.Error ?? string.Empty;
        column = scanner.Position;
        return parsed;
    }
}
