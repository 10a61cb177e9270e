using System.Buffers.Binary;
using InstructKit.Examples;
using InstructKit.Formats;
using InstructKit.Text;

namespace InstructKit.Sinks;

/// <summary>
/// Encodes records as values one after the other, for containers that have columns: texts stay plain UTF-8, and nothing is parsed again. A record begins with
/// the number of bytes that it would have as a JSON line, so that shards end after the same rows in every container.
/// </summary>
/// <remarks>A value: a length or count of 4 bytes (-1 for null) and the bytes or elements; integers, numbers and truth values are 8 bytes behind a count of 1.</remarks>
internal sealed class BinaryRecordWriter(Utf8Output output, RecordSchema schema) : RecordWriter
{
    private readonly int _keys = Keys(schema.Columns) + 2;
    private readonly int[] _fieldKeys = [.. schema.Columns.Select(column => Keys(column.Fields ?? []) - 1)];
    private readonly Stack<(int Count, int Place)> _open = new();
    private int _column;
    private int _start;
    private int _json;
    private int _count;

    /// <inheritdoc/>
    public override bool PrefersEscaped => false;

    /// <inheritdoc/>
    public override void Begin()
    {
        _start = output.Length;
        _json = _keys;
        _count = 0;
        Put(0);
    }

    /// <inheritdoc/>
    public override void End() => BinaryPrimitives.WriteInt32LittleEndian(output.Rewrite(_start, 4), _json);

    /// <inheritdoc/>
    public override void Text(ExampleText text)
    {
        _count++;
        _json += 2;
        if (text.IsEscaped)
        {
            _json += text.Bytes.Length;
            var place = output.Length;
            Put(0);
            var length = JsonEscapes.Unescape(text.Bytes, output.Reserve(text.Bytes.Length));
            output.Advance(length);
            BinaryPrimitives.WriteInt32LittleEndian(output.Rewrite(place, 4), length);
            return;
        }

        _json += JsonEscapes.EscapedLength(text.Bytes);
        Put(text.Bytes.Length);
        output.AppendRaw(text.Bytes);
    }

    /// <inheritdoc/>
    public override void Integer(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        System.Buffers.Text.Utf8Formatter.TryFormat(value, digits, out var written);
        Fixed(value, written);
    }

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public override void Boolean(bool value) => Fixed(value ? 1 : 0, value ? 4 : 5);

    /// <inheritdoc/>
    public override void Json(ReadOnlySpan<byte> value)
    {
        _count++;
        _json += value.Length;
        Put(value.Length);
        output.AppendRaw(value);
    }

    /// <inheritdoc/>
    public override void Null()
    {
        _count++;
        _json += 4;
        Put(-1);
    }

    /// <inheritdoc/>
    public override void StartList() => Open();

    /// <inheritdoc/>
    public override void EndList()
    {
        var (outer, place) = _open.Pop();
        BinaryPrimitives.WriteInt32LittleEndian(output.Rewrite(place, 4), _count);
        _json += Math.Max(0, _count - 1);
        _count = outer;
    }

    /// <inheritdoc/>
    public override void StartObject()
    {
        Open();
        _json += _fieldKeys[_column];
    }

    /// <inheritdoc/>
    public override void EndObject()
    {
        // Its fields are as many as the schema says; the count only tells it from null.
        _count = _open.Pop().Count;
    }

    private void Open()
    {
        if (_open.Count == 0) _column = _count;
        _json += 2;
        _open.Push((_count + 1, output.Length));
        _count = 0;
        Put(1);
    }

    private void Fixed(long value, int json)
    {
        _count++;
        _json += json;
        Put(1);
        BinaryPrimitives.WriteInt64LittleEndian(output.Reserve(8), value);
        output.Advance(8);
    }

    // Quotes, colon and what stands before a key.
    private static int Keys(IReadOnlyList<Column> columns) => columns.Sum(column => JsonEscapes.EscapedLength(System.Text.Encoding.UTF8.GetBytes(column.Name)) + 4);

    private void Put(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.Reserve(4), value);
        output.Advance(4);
    }
}

/// <summary>Reads the values of a record that <see cref="BinaryRecordWriter"/> has written.</summary>
/// <param name="record">The record.</param>
internal ref struct BinaryRecordReader(ReadOnlySpan<byte> record)
{
    private ReadOnlySpan<byte> _rest = record[4..];

    /// <summary>Bytes that a record has as a JSON line.</summary>
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

    /// <summary>The value of an integer, number or truth value whose count was read.</summary>
    public long Fixed() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));
}
