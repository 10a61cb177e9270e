namespace InstructKit.Text;

/// <summary>Floats as Python prints them: the shortest digits that round-trip, with an exponent below 1e-4 and from 1e16.</summary>
internal static class FloatText
{
    /// <summary>Longest text of any float, in bytes.</summary>
    public const int MaxLength = 32;

    /// <summary>Writes a float into at least <see cref="MaxLength"/> bytes and returns their number. Non-finite values are <c>nan</c>, <c>inf</c> or <c>-inf</c>.</summary>
    public static int Format(double value, Span<byte> target)
    {
        if (!double.IsFinite(value)) return Copy(double.IsNaN(value) ? "nan"u8 : value > 0 ? "inf"u8 : "-inf"u8, target);

        value.TryFormat(target, out var length, FormatOf(value), CultureInfo.InvariantCulture);
        var text = target[..length];
        if (!text.Contains((byte)'E') && Math.Abs(value) < 1e16) return text.Contains((byte)'.') ? length : length + Copy(".0"u8, target[length..]);

        var sign = text[0] == '-' ? 1 : 0;
        return sign + Rearrange(text[sign..], target[sign..]);
    }

    // .NET's shortest form of 2^-25 and 2^-958, and of no other power of two, reads back as the next lower number (.NET 10.0): 17 digits are right for both.
    private static string FormatOf(double value) => Math.Abs(value) is 2.9802322387695312e-08 or 4.1045368012983762e-289 ? "G17" : "R";

    // .NET also uses an exponent for other numbers than Python. Such numbers begin with a nonzero digit; the exponent becomes that of this digit.
    private static int Rearrange(ReadOnlySpan<byte> text, Span<byte> target)
    {
        var mark = text.IndexOf((byte)'E');
        var mantissa = mark < 0 ? text : text[..mark];
        var point = mantissa.IndexOf((byte)'.');
        var exponent = (point < 0 ? mantissa.Length : point) - 1 + (mark < 0 ? 0 : int.Parse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        Span<byte> digits = stackalloc byte[MaxLength];
        var count = Copy(point < 0 ? mantissa : mantissa[..point], digits);
        if (point >= 0) count += Copy(mantissa[(point + 1)..], digits[count..]);

        digits = digits[..count].TrimEnd((byte)'0');
        if (exponent is >= 0 and < 16)
        {
            // Only integers with few digits have an exponent here.
            target[..(exponent + 1)].Fill((byte)'0');
            digits.CopyTo(target);
            return exponent + 1 + Copy(".0"u8, target[(exponent + 1)..]);
        }

        target[0] = digits[0];
        var at = 1;
        if (digits.Length > 1)
        {
            target[at++] = (byte)'.';
            at += Copy(digits[1..], target[at..]);
        }

        at += Copy(exponent < 0 ? "e-"u8 : "e+"u8, target[at..]);
        Math.Abs(exponent).TryFormat(target[at..], out var written, "00", CultureInfo.InvariantCulture);
        return at + written;
    }

    private static int Copy(ReadOnlySpan<byte> source, Span<byte> target)
    {
        source.CopyTo(target);
        return source.Length;
    }
}
