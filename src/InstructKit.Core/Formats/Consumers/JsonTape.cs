using InstructKit.Sources;
using InstructKit.Sources.Json;

namespace InstructKit.Formats.Consumers;

/// <summary>Kind of a JSON value.</summary>
internal enum JsonKind : byte
{
    /// <summary>Missing.</summary>
    Missing,

    /// <summary><c>null</c>.</summary>
    Null,

    /// <summary><c>false</c>.</summary>
    False,

    /// <summary><c>true</c>.</summary>
    True,

    /// <summary>A number without fraction and exponent.</summary>
    Integer,

    /// <summary>Any other number.</summary>
    Float,

    /// <summary>A string.</summary>
    Text,

    /// <summary>An array.</summary>
    List,

    /// <summary>An object.</summary>
    Object,
}

/// <summary>
/// One JSON text as a flat list of its values in document order, read in one pass with every byte checked. It is reused from row to row and allocates no
/// objects for valid rows; <see cref="JsonNode"/> navigates it.
/// </summary>
internal sealed class JsonTape
{
    private const int FewKeys = 12;

    private readonly JsonRules _rules;
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private Entry[] _entries = new Entry[64];
    private byte[] _text = [];
    private int _start;
    private int _length;
    private int _count;
    private bool _hasEscapedKeys;

    /// <summary>Creates an empty tape.</summary>
    /// <param name="limits">The deepest nesting.</param>
    public JsonTape(SourceLimits limits) => _rules = new JsonRules(limits.MaxJsonDepth, default);

    /// <summary>True for rows of CSV, whose readers convert cells to true, false and numbers.</summary>
    public bool IsUntyped { get; init; }

    /// <summary>The outermost value; missing before anything has been read.</summary>
    public JsonNode Root => _count == 0 ? default : new JsonNode(this, 0);

    /// <summary>The error in the text that <see cref="Read"/> rejected.</summary>
    public string Error { get; private set; } = string.Empty;

    /// <summary>Code of the error.</summary>
    public string ErrorCode { get; private set; } = string.Empty;

    /// <summary>Byte offset of the error in the text.</summary>
    public int ErrorOffset { get; private set; }

    /// <summary>The whole text.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(_start, _length);

    /// <summary>Reads a text, which must stay unchanged while the nodes are in use. False if it is not one JSON value.</summary>
    public bool Read(byte[] text, int start, int length)
    {
        (_text, _start, _length, _count, _hasEscapedKeys) = (text, start, length, 0, false);
        var scanner = new JsonScanner(text.AsSpan(start, length), _rules, checksKeys: false);
        scanner.SkipSpace();
        if (!Values(ref scanner)) return Refuse(ref scanner);

        scanner.SkipSpace();
        if (scanner.AtEnd) return true;

        scanner.Fail("expected the end of the text after the value");
        return Refuse(ref scanner);
    }

    private bool Refuse(ref JsonScanner scanner)
    {
        (Error, ErrorCode, ErrorOffset, _count) = (scanner.Error ?? string.Empty, scanner.ErrorCode, scanner.Position, 0);
        return false;
    }

    // One loop for all levels: the depth of the input must not become the depth of the stack.
    private bool Values(ref JsonScanner scanner)
    {
        int parent = -1, depth = 0, keyStart = 0, keyLength = -1;
        while (true)
        {
            if (scanner.Peek is var open && open is (byte)'{' or (byte)'[')
            {
                if (depth == _rules.MaxDepth) return scanner.Fail(string.Create(CultureInfo.InvariantCulture, $"nested deeper than {_rules.MaxDepth} levels (--max-json-depth)"), SourceCodes.LimitExceeded);

                var own = Add(open == '{' ? JsonKind.Object : JsonKind.List, scanner.Position, 0, false, parent, keyStart, keyLength);
                scanner.Position++;
                scanner.SkipSpace();
                if (!scanner.TryPass(open == '{' ? (byte)'}' : (byte)']'))
                {
                    (parent, depth, keyLength) = (own, depth + 1, -1);
                    if (open == '{' && !Key(ref scanner, out keyStart, out keyLength)) return false;
                    continue;
                }

                Close(own, scanner.Position);
            }
            else
            {
                if (!scanner.Value(out var kind, out var start, out var length, out _, depth)) return false;

                if (kind is CellKind.True or CellKind.False or CellKind.Null) length = scanner.Position - start;
                Add(KindOf(kind), start, length, kind == CellKind.EscapedText, parent, keyStart, keyLength);
            }

            while (true)
            {
                if (parent < 0) return true;

                scanner.SkipSpace();
                var isObject = _entries[parent].Kind == JsonKind.Object;
                if (scanner.TryPass((byte)','))
                {
                    scanner.SkipSpace();
                    keyLength = -1;
                    if (isObject && !Key(ref scanner, out keyStart, out keyLength)) return false;
                    break;
                }

                if (!scanner.TryPass(isObject ? (byte)'}' : (byte)']')) return scanner.Fail(isObject ? "expected ',' or '}'" : "expected ',' or ']'");

                Close(parent, scanner.Position);
                if (isObject && !KeysDiffer(parent, ref scanner)) return false;

                (parent, depth) = (_entries[parent].Parent, depth - 1);
            }
        }
    }

    private bool Key(ref JsonScanner scanner, out int start, out int length)
    {
        start = scanner.Position + 1;
        length = 0;
        if (scanner.Peek != '"') return scanner.Fail("expected a key in quotes");

        if (!scanner.String(out var escaped, out _)) return false;

        _hasEscapedKeys |= escaped;

        length = scanner.Position - 1 - start;
        return scanner.Colon();
    }

    private static JsonKind KindOf(CellKind kind) => kind switch
    {
        CellKind.Null => JsonKind.Null,
        CellKind.False => JsonKind.False,
        CellKind.True => JsonKind.True,
        CellKind.Integer => JsonKind.Integer,
        CellKind.Float => JsonKind.Float,
        _ => JsonKind.Text,
    };

    private int Add(JsonKind kind, int start, int length, bool escaped, int parent, int keyStart, int keyLength)
    {
        if (_count == _entries.Length) Array.Resize(ref _entries, 2 * _count);

        _entries[_count] = new Entry
        {
            Kind = kind,
            Escaped = escaped,
            Start = start,
            Length = length,
            KeyStart = keyStart,
            KeyLength = keyLength,
            Parent = parent,
            End = _count + 1,
        };
        if (parent >= 0) _entries[parent].Count++;
        return _count++;
    }

    private void Close(int index, int position)
    {
        ref var entry = ref _entries[index];
        entry.End = _count;
        entry.Length = position - entry.Start;
    }

    private bool KeysDiffer(int parent, ref JsonScanner scanner)
    {
        if (_entries[parent].Count > FewKeys) return ManyKeysDiffer(parent, ref scanner);

        for (var one = parent + 1; one < _entries[parent].End; one = _entries[one].End)
        {
            for (var other = parent + 1; other < one; other = _entries[other].End)
            {
                if ((_hasEscapedKeys || _entries[one].KeyLength == _entries[other].KeyLength) && KeyOf(one).SequenceEqual(KeyOf(other))) return Doubled(one, ref scanner);
            }
        }

        return true;
    }

    private bool ManyKeysDiffer(int parent, ref JsonScanner scanner)
    {
        _keys.Clear();
        for (var one = parent + 1; one < _entries[parent].End; one = _entries[one].End)
        {
            if (!_keys.Add(Encoding.UTF8.GetString(KeyOf(one)))) return Doubled(one, ref scanner);
        }

        return true;
    }

    private bool Doubled(int index, ref JsonScanner scanner)
    {
        scanner.Position = _entries[index].KeyStart - 1;
        return scanner.Fail($"the key '{Encoding.UTF8.GetString(KeyOf(index))}' occurs twice in one object", SourceCodes.DuplicateKey);
    }

    internal ref readonly Entry At(int index) => ref _entries[index];

    /// <summary>True when the value has this key, escaped or not.</summary>
    internal bool HasKey(int index, ReadOnlySpan<byte> key) => (_hasEscapedKeys || _entries[index].KeyLength == key.Length) && KeyOf(index).SequenceEqual(key);

    internal ReadOnlySpan<byte> KeyOf(int index)
    {
        var key = _text.AsSpan(_start + _entries[index].KeyStart, Math.Max(0, _entries[index].KeyLength));
        return _hasEscapedKeys ? JsonText.Plain(key) : key;
    }

    internal ReadOnlySpan<byte> BytesOf(int index) => _text.AsSpan(_start + _entries[index].Start, _entries[index].Length);

    internal struct Entry
    {
        public JsonKind Kind;
        public bool Escaped;
        public int Start;
        public int Length;
        public int KeyStart;
        public int KeyLength;
        public int Parent;
        public int End;
        public int Count;
    }
}
