using System.Globalization;
using System.Numerics;
using System.Text;
using InstructKit.Cells;

namespace InstructKit.Templating.Values;

/// <summary>Turns a cell into a value.</summary>
internal static class CellReader
{
    public static Value Read(byte[] buffer, Cell cell)
    {
        switch (cell.Kind)
        {
            case CellKind.Missing: return default;
            case CellKind.Null: return Value.None;
            case CellKind.True: return Value.True;
            case CellKind.False: return Value.False;
            case CellKind.Text: return Value.FromSlice(buffer, cell.Offset, cell.Length);
            case CellKind.EscapedText: return ReadEscaped(buffer, cell.Offset, cell.Length);
            case CellKind.Integer: return ReadInteger(buffer.AsSpan(cell.Offset, cell.Length));
            case CellKind.Float: return ReadFloat(buffer.AsSpan(cell.Offset, cell.Length));
            default: return JsonValueReader.Read(buffer, cell.Offset, cell.Length);
        }
    }

    public static Value ReadInteger(ReadOnlySpan<byte> digits)
    {
        if (digits.Length < 19 && System.Buffers.Text.Utf8Parser.TryParse(digits, out long small, out var used) && used == digits.Length) return Value.From(small);
        if (digits.Length > IntegerLimits.MaxDigits) throw TemplateError.Value($"an integer of more than {IntegerLimits.MaxDigits} digits");
        return Value.From(BigInteger.Parse(Encoding.ASCII.GetString(digits), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    public static Value ReadFloat(ReadOnlySpan<byte> digits) => Value.From(double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture));

    /// <summary>The inside of a JSON string; a slice of the buffer when it holds no escape.</summary>
    public static Value ReadEscaped(byte[] buffer, int offset, int length)
    {
        var source = buffer.AsSpan(offset, length);
        var first = source.IndexOf((byte)'\\');
        if (first < 0) return Value.FromSlice(buffer, offset, length);

        // Every escape has one backslash or two and is one byte shorter at least when it is undone.
        var target = new byte[length - ((source[first..].Count((byte)'\\') + 1) / 2)];
        source[..first].CopyTo(target);
        return Value.FromSlice(target, 0, first + JsonUnescaping.Unescape(source[first..], target.AsSpan(first)));
    }
}
