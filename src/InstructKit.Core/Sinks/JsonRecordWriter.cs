using System.Buffers.Text;
using System.Runtime.Intrinsics;
using InstructKit.Examples;
using InstructKit.Formats;

namespace InstructKit.Sinks;

/// <summary>Encodes records as JSON lines: keys in the order of the schema, no white space, no unnecessary escapes.</summary>
internal sealed class JsonRecordWriter : RecordWriter
{
    private const int LongestInteger = 20;
    private static readonly Head EndOfRecord = new("}\n");
    private static readonly Head EndAfterText = new("\"}\n");
    private readonly Utf8Output _output;
    private readonly Level _record;
    private readonly List<SharedColumns?> _shared = [];
    private readonly List<(SharedText First, Level Fields, byte[] Bytes)> _pairs = [];
    private Level _level;
    private long _integer;
    private Vector128<byte> _digits = Vector128.Create((byte)'0');
    private int _digitCount = 1;

    /// <summary>Creates a writer to an output that JSON-escapes text.</summary>
    public JsonRecordWriter(Utf8Output output, RecordSchema schema)
    {
        _output = output;
        _output.JsonEscaped = true;
        _record = new Level(schema.Columns, null);
        _level = _record;
    }

    public override bool PrefersEscaped => true;

    public override void Begin()
    {
        // After an abandoned record the writer is still inside it.
        _level = _record;
        _level.Restart();
    }

    public override void End() => (_level.TakeText() ? EndAfterText : EndOfRecord).AppendTo(_output);

    public override void Text(ExampleText text)
    {
        _level.Next(_output, isText: true);
        text.AppendTo(_output);
    }

    public override void StartText() => _level.Next(_output, isText: true);

    public override void AddText(ExampleText text) => text.AppendTo(_output);

    public override void EndText()
    {
        // The quote is written by the next value, or by the end of the level.
    }

    public override void Integer(long value)
    {
        _level.Next(_output, isText: false);
        // The templates of a row share its number.
        if (value == _integer)
        {
            _output.AppendShort(_digits, _digitCount);
            return;
        }

        var target = _output.Reserve(LongestInteger);
        Utf8Formatter.TryFormat(value, target, out var written);
        _output.Advance(written);
        if (written <= Vector128<byte>.Count) (_integer, _digits, _digitCount) = (value, Vector128.Create<byte>(target), written);
    }

    public override void Number(double value)
    {
        _level.Next(_output, isText: false);
        Span<byte> digits = stackalloc byte[32];
        if (!double.IsFinite(value)) _output.AppendRaw("null"u8);
        else if (value.TryFormat(digits, out var written, "R", CultureInfo.InvariantCulture)) _output.AppendRaw(digits[..written]);
    }

    public override void Number(ReadOnlySpan<byte> digits) => Raw(digits);

    public override void Boolean(bool value) => Raw(value ? "true"u8 : "false"u8);

    public override void Json(ReadOnlySpan<byte> value) => Raw(value);

    public override void Null()
    {
        if (!_level.SkipsNull()) Raw("null"u8);
    }

    public override void StartList()
    {
        Raw("["u8);
        _level = _level.Elements;
        _level.Restart();
    }

    public override void EndList()
    {
        _output.AppendRaw(_level.TakeText() ? "\"]"u8 : "]"u8);
        _level = _level.Outer;
    }

    public override void StartObject()
    {
        _level.Next(_output, isText: false);
        _level = _level.Fields;
        _level.Restart();
    }

    public override void EndObject()
    {
        _output.AppendRaw(_level.TakeText() ? "\"}"u8 : "}"u8);
        _level = _level.Outer;
    }

    public override void Pair(SharedText first, ExampleText second)
    {
        // Everything before the second text is always the same.
        _level.Next(_output, isText: false);
        var fields = _level.Fields;
        var i = _pairs.Count;
        while (i > 0 && !(ReferenceEquals(_pairs[i - 1].First, first) && ReferenceEquals(_pairs[i - 1].Fields, fields))) i--;

        if (i > 0)
        {
            _output.AppendRaw(_pairs[i - 1].Bytes);
        }
        else
        {
            var start = _output.Length;
            fields.Restart();
            fields.Next(_output, isText: true);
            first.Escaped.AppendTo(_output);
            fields.Next(_output, isText: true);
            _pairs.Add((first, fields, _output.Written[start..].ToArray()));
        }

        second.AppendTo(_output);
        _output.AppendRaw("\"}"u8);
    }

    public override void Shared(ExampleOrigin origin, Action<RecordWriter, ExampleOrigin> write)
    {
        if (origin.Index < _shared.Count && _shared[origin.Index] is { } known && known.Origin == origin && known.StartsAfterText == _level.IsAfterText)
        {
            _output.AppendRaw(known.Bytes);
            _level.Skip(known.Columns, known.EndsInText);
            return;
        }

        // A column before them may be a text in one record and null in the next.
        var (start, column, isAfterText) = (_output.Length, _level.Column, _level.IsAfterText);
        write(this, origin);
        while (_shared.Count <= origin.Index) _shared.Add(null);

        _shared[origin.Index] = new SharedColumns(origin, _output.Written[start..].ToArray(), _level.Column - column, isAfterText, _level.IsAfterText);
    }

    private void Raw(ReadOnlySpan<byte> value)
    {
        _level.Next(_output, isText: false);
        _output.AppendRaw(value);
    }

    private sealed record SharedColumns(ExampleOrigin Origin, byte[] Bytes, int Columns, bool StartsAfterText, bool EndsInText);

    /// <summary>The bytes before a value or at the end of a record. Nearly always they are short, and then copied in one store.</summary>
    private readonly struct Head
    {
        private readonly byte[] _bytes;
        private readonly Vector128<byte> _short;
        private readonly int _length;

        public Head(string text)
        {
            _bytes = Encoding.UTF8.GetBytes(text);
            _length = _bytes.Length;
            Span<byte> padded = stackalloc byte[Vector128<byte>.Count];
            if (_length <= padded.Length) _bytes.CopyTo(padded);
            _short = Vector128.Create<byte>(padded);
        }

        public void AppendTo(Utf8Output output)
        {
            if (_length <= Vector128<byte>.Count) output.AppendShort(_short, _length);
            else output.AppendRaw(_bytes);
        }
    }

    /// <summary>A record, a list or an object: the separator before its next value, by position and by whether the previous value was a text, whose quote is still pending.</summary>
    private sealed class Level
    {
        private readonly Head[] _heads;
        private readonly bool _isList;
        private readonly bool[] _optional = [];
        private readonly Level?[] _inner;
        private readonly Level? _outer;

        public Level(IReadOnlyList<Column> columns, Level? outer)
        {
            _outer = outer;
            _optional = columns.Any(column => column.IsOptional) ? [.. columns.Select(column => column.IsOptional)] : [];
            _heads = [.. columns.SelectMany((column, i) => Heads((i == 0 ? "{" : ",") + $"\"{Key(column.Name)}\":"))];
            _inner = [.. columns.Select(column => column.IsList ? new Level(column, this) : column.Type == ColumnType.Object ? new Level(column.Fields!, this) : null)]; // an object has some
        }

        private Level(Column element, Level outer)
        {
            _isList = true;
            _outer = outer;
            _heads = [.. Heads(string.Empty), .. Heads(",")];
            _inner = [element.Type == ColumnType.Object ? new Level(element.Fields!, this) : null]; // an object has some
        }

        public int Column { get; private set; }

        public bool IsAfterText { get; private set; }

        public Level Outer => _outer!; // only called at the end of a list or object

        /// <summary>The level of the list just started.</summary>
        public Level Elements => _inner[Column - 1]!; // a list column has one

        /// <summary>The level of the object just started.</summary>
        public Level Fields => _inner[_isList ? 0 : Column - 1]!; // an object column has one

        public void Restart() => (Column, IsAfterText) = (0, false);

        public void Skip(int columns, bool endsInText) => (Column, IsAfterText) = (Column + columns, endsInText);

        /// <summary>Skips the next column if a null in it is omitted.</summary>
        public bool SkipsNull()
        {
            if (_optional.Length == 0 || !_optional[Column]) return false;

            Column++;
            return true;
        }

        public bool TakeText()
        {
            var after = IsAfterText;
            IsAfterText = false;
            return after;
        }

        public void Next(Utf8Output output, bool isText)
        {
            var position = _isList ? Math.Min(Column, 1) : Column;
            _heads[(position * 4) + (IsAfterText ? 2 : 0) + (isText ? 1 : 0)].AppendTo(output);
            IsAfterText = isText;
            Column++;
        }

        private static Head[] Heads(string head) => [new(head), new(head + "\""), new("\"" + head), new("\"" + head + "\"")];

        private static string Key(string name)
        {
            var output = new Utf8Output(64) { JsonEscaped = true };
            output.AppendText(name);
            return Encoding.UTF8.GetString(output.Written);
        }
    }
}
