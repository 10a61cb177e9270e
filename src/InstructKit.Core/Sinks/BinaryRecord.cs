using System.Buffers.Binary;
using InstructKit.Examples;
using InstructKit.Formats;

namespace InstructKit.Sinks;

/// <summary>Encodes records as consecutive values, for columnar containers: texts stay plain UTF-8, and nothing is parsed again. A record
/// begins with its size as a JSON line in bytes, so that shards end after the same rows in every container.</summary>
/// <remarks>A value: a length or count of 4 bytes (-1 for null) and the bytes or elements; integers, numbers and booleans are 8 bytes after a count of 1.</remarks>
internal sealed class BinaryRecordWriter(Utf8Output output, RecordSchema schema) : RecordWriter
{
    private readonly Level _record = new(schema.Columns);
    private readonly Stack<(Level Level, int Count, int Place)> _open = new();
    private Level _level = new([]);
    private int _start;
    private int _json;
    private int _count;
    private int _text;

    public override bool PrefersEscaped => false;

    public override void Begin()
    {
        _start = output.Length;
        _level = _record;
        // Braces, commas and the line feed.
        _json = _record.Keys + 2;
        _count = 0;
        Put(0);
    }

    public override void End() => BinaryPrimitives.WriteInt32LittleEndian(output.Rewrite(_start, 4), _json);

    public override void Text(ExampleText text)
    {
        StartText();
        AddText(text);
        EndText();
    }

    public override void StartText()
    {
        _count++;
        _json += 2;
        _text = output.Length;
        Put(0);
    }

    public override void AddText(ExampleText text)
    {
        if (text.IsEscaped)
        {
            _json += text.Bytes.Length;
            output.Advance(JsonEscapes.Unescape(text.Bytes, output.Reserve(text.Bytes.Length)));
        }
        else
        {
            _json += JsonEscapes.EscapedLength(text.Bytes);
            output.AppendRaw(text.Bytes);
        }
    }

    public override void EndText() => BinaryPrimitives.WriteInt32LittleEndian(output.Rewrite(_text, 4), output.Length - _text - 4);

    public override void Integer(long value)
    {
        var digits = 1;
        var rest = value < 0 ? 0UL - (ulong)value : (ulong)value;
        for (; rest >= 1_000; rest /= 1_000) digits += 3;
        Fixed(value, digits + (rest < 10 ? 0 : rest < 100 ? 1 : 2) + (value < 0 ? 1 : 0));
    }

    public override void Number(double value)
    {
        if (!double.IsFinite(value))
        {
            Null();
            return;
        }

        Span<byte> digits = stackalloc byte[32];
        value.TryFormat(digits, out var written, "R", System.Globalization.CultureInfo.InvariantCulture);
        Fixed(BitConverter.DoubleToInt64Bits(value), written);
    }

    public override void Number(ReadOnlySpan<byte> digits)
    {
        var before = _json;
        base.Number(digits);
        // A JSON line has the digits unchanged.
        _json = before + digits.Length;
    }

    public override void Boolean(bool value) => Fixed(value ? 1 : 0, value ? 4 : 5);

    public override void Json(ReadOnlySpan<byte> value)
    {
        _count++;
        _json += value.Length;
        Put(value.Length);
        output.AppendRaw(value);
    }

    public override void Null()
    {
        // A key omitted in JSON also omits its comma.
        _json += _level.OptionalKey(_count) is > 0 and var key ? -key : 4;
        _count++;
        Put(-1);
    }

    public override void StartList() => Open(_level.Inner(_count));

    public override void EndList()
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.Rewrite(_open.Peek().Place, 4), _count);
        _json += Math.Max(0, _count - 1);
        Close();
    }

    public override void StartObject()
    {
        Open(_level.Inner(_count));
        // The last field has no comma after it.
        _json += _level.Keys - 1;
    }

    public override void EndObject()
    {
        // Its number of fields is fixed by the schema; the count only distinguishes it from null.
        Close();
    }

    private void Open(Level inner)
    {
        _json += 2;
        _open.Push((_level, _count + 1, output.Length));
        _level = inner;
        _count = 0;
        Put(1);
    }

    private void Close() => (_level, _count, _) = _open.Pop();

    private void Fixed(long value, int json)
    {
        _count++;
        _json += json;
        var target = output.Reserve(12);
        BinaryPrimitives.WriteInt32LittleEndian(target, 1);
        BinaryPrimitives.WriteInt64LittleEndian(target[4..], value);
        output.Advance(12);
    }

    private void Put(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.Reserve(4), value);
        output.Advance(4);
    }

    /// <summary>A record, a list or an object: the size of its keys in a JSON line, and its columns.</summary>
    private sealed class Level
    {
        private readonly Level?[] _inner;
        private readonly bool _isList;
        private readonly int[] _optional = [];

        public Level(IReadOnlyList<Column> columns)
        {
            if (columns.Any(column => column.IsOptional)) _optional = [.. columns.Select(column => column.IsOptional ? KeyOf(column) : 0)];
            // Quotes, colon and comma.
            Keys = columns.Sum(KeyOf);
            _inner = [.. columns.Select(column => column.IsList ? new Level(column) : column.Type == ColumnType.Object ? new Level(column.Fields!) : null)]; // an object has some
        }

        private Level(Column element)
        {
            _isList = true;
            _inner = [element.Type == ColumnType.Object ? new Level(element.Fields!) : null]; // an object has some
        }

        public int Keys { get; }

        /// <summary>Size of the key of a column that is omitted when null; 0 for any other.</summary>
        public int OptionalKey(int column) => _optional.Length == 0 ? 0 : _optional[column];

        private static int KeyOf(Column column) => JsonEscapes.EscapedLength(System.Text.Encoding.UTF8.GetBytes(column.Name)) + 4;

        /// <summary>The level of a list or object.</summary>
        public Level Inner(int column) => _inner[_isList ? 0 : column]!; // only called if there is one
    }
}

/// <summary>Reads the values of a record written by <see cref="BinaryRecordWriter"/>.</summary>
internal ref struct BinaryRecordReader(ReadOnlySpan<byte> record)
{
    private ReadOnlySpan<byte> _rest = record[4..];

    /// <summary>Size of a record as a JSON line, in bytes.</summary>
    public static int JsonLength(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt32LittleEndian(record);

    /// <summary>The next length or count; -1 for null.</summary>
    public int Count()
    {
        var count = BinaryPrimitives.ReadInt32LittleEndian(_rest);
        _rest = _rest[4..];
        return count;
    }

    /// <summary>The bytes of a text or JSON value whose length was read.</summary>
    public ReadOnlySpan<byte> Bytes(int length)
    {
        var bytes = _rest[..length];
        _rest = _rest[length..];
        return bytes;
    }

    /// <summary>The elements of a list of integers whose count was read; false, and nothing is taken, where one of them is null.</summary>
    public bool TryIntegers(Span<long> items)
    {
        const int Bytes = sizeof(int) + sizeof(long);
        if (_rest.Length < items.Length * Bytes) return false;

        for (var i = 0; i < items.Length; i++)
        {
            var item = _rest.Slice(i * Bytes, Bytes);
            if (BinaryPrimitives.ReadInt32LittleEndian(item) < 0) return false;

            items[i] = BinaryPrimitives.ReadInt64LittleEndian(item[sizeof(int)..]);
        }

        _rest = _rest[(items.Length * Bytes)..];
        return true;
    }

    /// <summary>The value of an integer, number or boolean whose count was read.</summary>
    public long Fixed() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));
}
