using System.Globalization;

namespace InstructKit.Templating.Values;

/// <summary>Floats as Python prints them: shortest digits that read back, exponent form outside 1e-4 to 1e16.</summary>
internal static class PythonFloat
{
    /// <summary>Longest text of any float, in bytes.</summary>
    public const int MaxLength = 32;

    public static int Format(double value, Span<byte> target)
    {
        if (!double.IsFinite(value)) return Copy(double.IsNaN(value) ? "nan"u8 : value > 0 ? "inf"u8 : "-inf"u8, target);
        Span<byte> raw = stackalloc byte[MaxLength];
        Span<byte> digits = stackalloc byte[MaxLength];
        value.TryFormat(raw, out var rawLength, FormatOf(value), CultureInfo.InvariantCulture);
        var (count, exponent) = Split(raw[..rawLength], digits);
        var at = 0;
        if (raw[0] == '-') target[at++] = (byte)'-';
        return at + Layout(digits[..count], exponent, target[at..]);
    }

    // .NET's shortest form of 2^-25 and 2^-958, alone among the powers of two, reads back as the number below (.NET 10.0): 17 digits are right for both.
    private static string FormatOf(double value) => Math.Abs(value) is 2.9802322387695312e-08 or 4.1045368012983762e-289 ? "G17" : "R";

    /// <summary>Splits .NET's text into its digits and the power of ten of the first one.</summary>
    private static (int Count, int Exponent) Split(ReadOnlySpan<byte> raw, Span<byte> digits)
    {
        var count = 0;
        var point = -1;
        var exponent = 0;
        for (var i = raw[0] == '-' ? 1 : 0; i < raw.Length; i++)
        {
            if (raw[i] == '.') point = count;
            else if (raw[i] == 'E')
            {
                exponent = int.Parse(raw[(i + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                break;
            }
            else digits[count++] = raw[i];
        }

        if (point < 0) point = count;
        var leading = 0;
        while (leading < count - 1 && digits[leading] == '0') leading++;
        digits[leading..count].CopyTo(digits);
        count -= leading;
        var first = point - 1 - leading + exponent;
        while (count > 1 && digits[count - 1] == '0') count--;
        return (count, digits[0] == '0' ? 0 : first);
    }

    private static int Layout(ReadOnlySpan<byte> digits, int exponent, Span<byte> target)
    {
        if (exponent is < -4 or >= 16) return LayoutScientific(digits, exponent, target);
        var at = 0;
        if (exponent < 0)
        {
            at += Copy("0."u8, target);
            target.Slice(at, -exponent - 1).Fill((byte)'0');
            at += -exponent - 1;
            return at + Copy(digits, target[at..]);
        }

        var whole = Math.Min(digits.Length, exponent + 1);
        at += Copy(digits[..whole], target);
        target.Slice(at, exponent + 1 - whole).Fill((byte)'0');
        at += exponent + 1 - whole;
        target[at++] = (byte)'.';
        return at + Copy(whole < digits.Length ? digits[whole..] : "0"u8, target[at..]);
    }

    private static int LayoutScientific(ReadOnlySpan<byte> digits, int exponent, Span<byte> target)
    {
        var at = 0;
        target[at++] = digits[0];
        if (digits.Length > 1)
        {
            target[at++] = (byte)'.';
            at += Copy(digits[1..], target[at..]);
        }

        target[at++] = (byte)'e';
        target[at++] = exponent < 0 ? (byte)'-' : (byte)'+';
        var size = Math.Abs(exponent);
        if (size >= 100) target[at++] = (byte)('0' + (size / 100));
        target[at++] = (byte)('0' + (size / 10 % 10));
        target[at++] = (byte)('0' + (size % 10));
        return at;
    }

    private static int Copy(ReadOnlySpan<byte> source, Span<byte> target)
    {
        source.CopyTo(target);
        return source.Length;
    }
}
