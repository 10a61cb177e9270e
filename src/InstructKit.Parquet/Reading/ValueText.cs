using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;
using System.Text.Unicode;
using InstructKit.Parquet.Metadata;
using InstructKit.Parquet.Schema;

namespace InstructKit.Parquet.Reading;

/// <summary>The kind of a value, which determines how its bytes are read.</summary>
internal enum ValueKind : byte
{
    Missing,
    Null,

    /// <summary>Valid UTF-8.</summary>
    Text,

    /// <summary>Like <see cref="Text"/>, but only ASCII without control characters, quotation marks and backslashes: JSON needs no escapes.</summary>
    PlainText,
    Integer,
    Float,
    True,
    False,
    Json,

    /// <summary>Bytes that the file declares to be text but are not UTF-8, unchanged.</summary>
    InvalidText,

    /// <summary>Like <see cref="Json"/>, but containing a text that was not UTF-8 and became base64.</summary>
    InvalidJson,
}

/// <summary>Consumes the value at a cursor and appends its text.</summary>
internal static class ValueText
{
    /// <summary>Longest text of any number, date, time or identifier except decimals, in bytes.</summary>
    public const int LongestNumber = 64;

    private const int MaxDecimalBytes = 64;

    // What is in text that JSON takes as it is: ASCII without control characters, quotation marks and backslashes (RFC 8259, section 7).
    private static readonly SearchValues<byte> Plain = SearchValues.Create([.. Enumerable.Range(' ', 0x60).Select(code => (byte)code).Where(code => code is not ((byte)'"' or (byte)'\\'))]);

    private static ReadOnlySpan<CellKind> Kinds =>
    [
        CellKind.Missing, CellKind.Null, CellKind.Text, CellKind.Text, CellKind.Integer, CellKind.Float, CellKind.True, CellKind.False, CellKind.Json,
        CellKind.Text, CellKind.Json,
    ];

    public static Cell CellOf(ValueKind kind, int offset, int length) => new(Kinds[(int)kind], offset, length, kind == ValueKind.PlainText);

    /// <summary>Appends the value without quotes or escapes and returns its kind.</summary>
    public static ValueKind Append(LeafCursor cursor, CellBuffer target)
    {
        var leaf = cursor.Leaf;
        return leaf.Format switch
        {
            ValueFormat.Text => AppendText(target, cursor.TakeBytes()),
            ValueFormat.TextOrBinary => AppendText(target, cursor.TakeBytes(), orBinary: true),
            ValueFormat.Binary => AppendBase64(target, cursor.TakeBytes()),
            ValueFormat.Boolean => cursor.TakeNumber() != 0 ? ValueKind.True : ValueKind.False,
            ValueFormat.Signed => NumberText.AppendInteger(target, cursor.TakeNumber()),
            ValueFormat.Unsigned32 => NumberText.AppendInteger(target, (uint)cursor.TakeNumber()),
            ValueFormat.Unsigned64 => NumberText.AppendInteger(target, (ulong)cursor.TakeNumber()),
            ValueFormat.Float16 => NumberText.AppendFloat(target, (double)BinaryPrimitives.ReadHalfLittleEndian(cursor.TakeBytes())),
            ValueFormat.Float32 => NumberText.AppendFloat(target, BitConverter.Int32BitsToSingle((int)cursor.TakeNumber())),
            ValueFormat.Float64 => NumberText.AppendFloat(target, BitConverter.Int64BitsToDouble(cursor.TakeNumber())),
            ValueFormat.Decimal => NumberText.AppendDecimal(target, TakeDecimal(cursor), leaf.Scale) ? cursor.FractionKind : ValueKind.Integer,
            ValueFormat.Date => TimeText.AppendDate(target, cursor.TakeNumber()),
            ValueFormat.Time => TimeText.AppendTime(target, cursor.TakeNumber(), leaf.Unit),
            ValueFormat.Timestamp => TimeText.AppendTimestamp(target, cursor.TakeNumber(), leaf.Unit, leaf.IsUtc),
            ValueFormat.Int96 => TimeText.AppendInt96(target, cursor.TakeBytes()),
            ValueFormat.Interval => AppendInterval(target, cursor.TakeBytes()),
            ValueFormat.Uuid => AppendUuid(target, cursor.TakeBytes()),
            _ => throw ParquetException.Corrupt("a column that is declared to hold nothing but nulls has a value"),
        };
    }

    /// <summary>Appends bytes that should be text.</summary>
    /// <param name="orBinary">Whether they become base64 when they are not UTF-8.</param>
    public static ValueKind AppendText(CellBuffer target, ReadOnlySpan<byte> bytes, bool orBinary = false)
    {
        var isPlain = !bytes.ContainsAnyExcept(Plain);
        var isText = isPlain || Utf8.IsValid(bytes);
        if (!isText && orBinary) return AppendBase64(target, bytes);

        target.Append(bytes);
        return isPlain ? ValueKind.PlainText : isText ? ValueKind.Text : ValueKind.InvalidText;
    }

    public static ValueKind AppendBase64(CellBuffer target, ReadOnlySpan<byte> bytes)
    {
        // A value is shorter than a page, so four thirds of it stay in range.
        var status = Base64.EncodeToUtf8(bytes, target.Reserve(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
        target.Advance(status == OperationStatus.Done ? written : 0);
        return ValueKind.PlainText;
    }

    private static BigInteger TakeDecimal(LeafCursor cursor)
    {
        if (cursor.Leaf.Type is PhysicalType.Int32 or PhysicalType.Int64) return cursor.TakeNumber();

        var bytes = cursor.TakeBytes();
        return bytes.Length <= MaxDecimalBytes
            ? new BigInteger(bytes, isBigEndian: true)
            : throw ParquetException.TooLarge($"a decimal of {bytes.Length} bytes is longer than {MaxDecimalBytes}");
    }

    // ISO 8601 duration from months, days and milliseconds.
    private static ValueKind AppendInterval(CellBuffer target, ReadOnlySpan<byte> bytes)
    {
        var millis = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        target.Append(Encoding.ASCII.GetBytes(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"P{BinaryPrimitives.ReadUInt32LittleEndian(bytes)}M{BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..])}DT{millis / 1000}.{millis % 1000:000}S")));
        return ValueKind.Text;
    }

    private static ValueKind AppendUuid(CellBuffer target, ReadOnlySpan<byte> bytes)
    {
        new Guid(bytes, bigEndian: true).TryFormat(target.Reserve(36), out var written);
        target.Advance(written);
        return ValueKind.Text;
    }
}
