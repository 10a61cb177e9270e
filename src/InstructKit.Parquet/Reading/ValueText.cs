using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;
using System.Text;
using System.Text.Unicode;
using InstructKit.Parquet.Metadata;
using InstructKit.Parquet.Schema;

namespace InstructKit.Parquet.Reading;

/// <summary>Takes the value at a cursor and appends its text.</summary>
internal static class ValueText
{
    /// <summary>Bytes of text that no number, date, time or identifier passes, decimals apart.</summary>
    public const int LongestNumber = 64;

    private const int MaxDecimalBytes = 64;

    /// <summary>Appends the value without quotes or escapes and tells what it is.</summary>
    public static ParquetCellKind Append(LeafCursor cursor, CellBuffer target)
    {
        var leaf = cursor.Leaf;
        switch (leaf.Format)
        {
            case ValueFormat.Text:
                return AppendText(target, cursor.TakeBytes(), ParquetCellKind.InvalidText);
            case ValueFormat.TextOrBinary:
                return AppendText(target, cursor.TakeBytes(), ParquetCellKind.Base64);
            case ValueFormat.Binary:
                return AppendBase64(target, cursor.TakeBytes());
            case ValueFormat.Boolean:
                return cursor.TakeNumber() != 0 ? ParquetCellKind.True : ParquetCellKind.False;
            case ValueFormat.Signed:
                NumberText.AppendInteger(target, cursor.TakeNumber());
                return ParquetCellKind.Integer;
            case ValueFormat.Unsigned32:
                NumberText.AppendInteger(target, (uint)cursor.TakeNumber());
                return ParquetCellKind.Integer;
            case ValueFormat.Unsigned64:
                NumberText.AppendInteger(target, (ulong)cursor.TakeNumber());
                return ParquetCellKind.Integer;
            case ValueFormat.Float16:
                NumberText.AppendFloat(target, (double)BinaryPrimitives.ReadHalfLittleEndian(cursor.TakeBytes()));
                return ParquetCellKind.Float;
            case ValueFormat.Float32:
                NumberText.AppendFloat(target, BitConverter.Int32BitsToSingle((int)cursor.TakeNumber()));
                return ParquetCellKind.Float;
            case ValueFormat.Float64:
                NumberText.AppendFloat(target, BitConverter.Int64BitsToDouble(cursor.TakeNumber()));
                return ParquetCellKind.Float;
            case ValueFormat.Decimal:
                return NumberText.AppendDecimal(target, TakeDecimal(cursor), leaf.Scale) ? ParquetCellKind.Float : ParquetCellKind.Integer;
            case ValueFormat.Date:
                TimeText.AppendDate(target, cursor.TakeNumber());
                return ParquetCellKind.Text;
            case ValueFormat.Time:
                TimeText.AppendTime(target, cursor.TakeNumber(), leaf.Unit);
                return ParquetCellKind.Text;
            case ValueFormat.Timestamp:
                TimeText.AppendTimestamp(target, cursor.TakeNumber(), leaf.Unit, leaf.IsUtc);
                return ParquetCellKind.Text;
            case ValueFormat.Int96:
                var bytes = cursor.TakeBytes();
                TimeText.AppendInt96(target, BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]));
                return ParquetCellKind.Text;
            case ValueFormat.Interval:
                AppendInterval(target, cursor.TakeBytes());
                return ParquetCellKind.Text;
            case ValueFormat.Uuid:
                new Guid(cursor.TakeBytes(), bigEndian: true).TryFormat(target.Reserve(36), out var written);
                target.Advance(written);
                return ParquetCellKind.Text;
            default:
                throw ParquetException.Corrupt("a column that is declared to hold nothing but nulls has a value");
        }
    }

    /// <summary>Appends bytes that are to be text.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="otherwise">What they are when they are not UTF-8; base64 changes them.</param>
    public static ParquetCellKind AppendText(CellBuffer target, ReadOnlySpan<byte> bytes, ParquetCellKind otherwise)
    {
        if (PlainText.Copy(bytes, target.Reserve(bytes.Length)))
        {
            target.Advance(bytes.Length);
            return ParquetCellKind.PlainText;
        }

        var isText = Utf8.IsValid(bytes);
        if (!isText && otherwise == ParquetCellKind.Base64) return AppendBase64(target, bytes);

        target.Advance(bytes.Length);
        return isText ? ParquetCellKind.Text : otherwise;
    }

    /// <summary>Appends bytes as base64.</summary>
    public static ParquetCellKind AppendBase64(CellBuffer target, ReadOnlySpan<byte> bytes)
    {
        // A value is shorter than a page, so that four thirds of it stay in range.
        var status = Base64.EncodeToUtf8(bytes, target.Reserve(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
        target.Advance(status == OperationStatus.Done ? written : 0);
        return ParquetCellKind.Base64;
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
    private static void AppendInterval(CellBuffer target, ReadOnlySpan<byte> bytes)
    {
        var millis = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        target.Append(Encoding.ASCII.GetBytes(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"P{BinaryPrimitives.ReadUInt32LittleEndian(bytes)}M{BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..])}DT{millis / 1000}.{millis % 1000:000}S")));
    }
}
