using System.Buffers.Binary;
using System.Numerics;
using InstructKit.Examples;
using InstructKit.Sources.Files;

namespace InstructKit.Sinks;

/// <summary>Writes one split as TFRecord files of <c>tf.train.Example</c>. A record is its length (8 bytes, little-endian), the masked CRC-32C of these, the
/// message and the masked CRC-32C of it. Texts are features of bytes, integers and booleans of int64, numbers of float; a null is omitted. Anything that is neither
/// a value nor a list of values is stored as JSON text.</summary>
internal sealed class TfRecordSink(SinkPlace place) : ShardedSink(place)
{
    private const uint MaskDelta = 0xa282ead8;

    private readonly Column[] _columns = [.. place.Schema.Columns];
    private readonly byte[][] _names = [.. place.Schema.Columns.Select(column => Encoding.UTF8.GetBytes(column.Name))];
    private readonly Utf8Output _message = new();
    private readonly Utf8Output _values = new();
    private readonly Utf8Output _feature = new();
    private readonly Utf8Output _entry = new();
    private readonly Utf8Output _one = new() { JsonEscaped = true };

    /// <summary>CRC-32C (Castagnoli) of bytes, as TFRecord files store it: rotated and shifted, because a CRC of data that contains CRCs is weak.</summary>
    public static uint MaskedCrc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var one in bytes) crc = BitOperations.Crc32C(crc, one);

        return BitOperations.RotateRight(~crc, 15) + MaskDelta;
    }

    protected override int JsonLength(ReadOnlySpan<byte> record) => BinaryRecordReader.JsonLength(record);

    protected override void WriteRun(OutputFile file, ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to)
    {
        Span<byte> head = stackalloc byte[12];
        Span<byte> foot = stackalloc byte[4];
        for (var i = from; i < to; i++)
        {
            _message.Length = 0;
            var record = new BinaryRecordReader(bytes[index.Start(i)..index.End(i)]);
            for (var column = 0; column < _columns.Length; column++) AppendFeature(ref record, column);

            // Example { features: 1 }, and Features is everything appended so far.
            var features = _message.Written;
            _values.Length = 0;
            AppendField(_values, 1, features);
            var message = _values.Written;
            BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)message.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(head[8..], MaskedCrc(head[..8]));
            BinaryPrimitives.WriteUInt32LittleEndian(foot, MaskedCrc(message));
            file.Write(head, 0);
            file.Write(message, 0);
            file.Write(foot, 1);
        }
    }

    // Features { map<string, Feature> feature: 1 }; Feature { bytes_list: 1, float_list: 2, int64_list: 3 }, each with `value: 1`.
    private void AppendFeature(ref BinaryRecordReader record, int number)
    {
        var column = _columns[number];
        var count = record.Count();
        if (count < 0) return;

        _values.Length = 0;
        var list = column.Type switch
        {
            ColumnType.Number => 2,
            ColumnType.Integer or ColumnType.Boolean => 3,
            _ => 1,
        };
        if (column.Type == ColumnType.Object)
        {
            _one.Length = 0;
            AppendJson(ref record, column, column.IsList, count);
            AppendField(_values, 1, _one.Written);
        }
        else if (!column.IsList)
        {
            AppendValue(ref record, column.Type, count);
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                var one = record.Count();
                if (one >= 0) AppendValue(ref record, column.Type, one);
            }
        }

        _feature.Length = 0;
        AppendField(_feature, list, _values.Written);
        _entry.Length = 0;
        AppendField(_entry, 1, _names[number]);
        AppendField(_entry, 2, _feature.Written);
        AppendField(_message, 1, _entry.Written);
    }

    // Numbers are written unpacked, which protocol buffer readers must accept like packed ones.
    private void AppendValue(ref BinaryRecordReader record, ColumnType type, int count)
    {
        switch (type)
        {
            case ColumnType.Integer or ColumnType.Boolean:
                _values.AppendRaw([(1 << 3) | 0]);
                AppendVarint(_values, (ulong)record.Fixed());
                break;
            case ColumnType.Number:
                _values.AppendRaw([(1 << 3) | 5]);
                BinaryPrimitives.WriteSingleLittleEndian(_values.Reserve(4), (float)BitConverter.Int64BitsToDouble(record.Fixed()));
                _values.Advance(4);
                break;
            default: AppendField(_values, 1, record.Bytes(count)); break;
        }
    }

    private void AppendJson(ref BinaryRecordReader record, Column column, bool isList, int count)
    {
        if (count < 0)
        {
            _one.AppendRaw("null"u8);
        }
        else if (isList)
        {
            for (var i = 0; i < count; i++)
            {
                _one.AppendRaw(i == 0 ? "["u8 : ","u8);
                AppendJson(ref record, column, isList: false, record.Count());
            }

            _one.AppendRaw(count == 0 ? "[]"u8 : "]"u8);
        }
        else if (column.Type == ColumnType.Object)
        {
            var head = "{"u8;
            foreach (var field in column.Fields!) // an object has some
            {
                _one.AppendRaw(head);
                _one.AppendRaw("\""u8);
                _one.AppendText(field.Name);
                _one.AppendRaw("\":"u8);
                AppendJson(ref record, field, field.IsList, record.Count());
                head = ","u8;
            }

            _one.AppendRaw("}"u8);
        }
        else
        {
            AppendScalar(ref record, column.Type, count);
        }
    }

    private void AppendScalar(ref BinaryRecordReader record, ColumnType type, int count)
    {
        Span<byte> digits = stackalloc byte[32];
        switch (type)
        {
            case ColumnType.Text:
                _one.AppendRaw("\""u8);
                _one.AppendText(record.Bytes(count));
                _one.AppendRaw("\""u8);
                break;
            case ColumnType.Integer:
                record.Fixed().TryFormat(digits, out var written);
                _one.AppendRaw(digits[..written]);
                break;
            case ColumnType.Number:
                BitConverter.Int64BitsToDouble(record.Fixed()).TryFormat(digits, out var length, "R", System.Globalization.CultureInfo.InvariantCulture);
                _one.AppendRaw(digits[..length]);
                break;
            case ColumnType.Boolean: _one.AppendRaw(record.Fixed() != 0 ? "true"u8 : "false"u8); break;
            default: _one.AppendRaw(record.Bytes(count)); break;
        }
    }

    private static void AppendField(Utf8Output output, int number, ReadOnlySpan<byte> bytes)
    {
        output.AppendRaw([(byte)((number << 3) | 2)]);
        AppendVarint(output, (ulong)bytes.Length);
        output.AppendRaw(bytes);
    }

    private static void AppendVarint(Utf8Output output, ulong value)
    {
        for (; value >= 0x80; value >>= 7) output.AppendByte((byte)(value | 0x80));
        output.AppendByte((byte)value);
    }
}
