using System.Numerics;

namespace InstructKit.Templating.Values;

/// <summary>Floats as Python prints them: shortest digits that round-trip, exponent form outside 1e-4 to 1e16.</summary>
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

    // .NET's shortest form of 2^-25 and 2^-958, and of no other power of two, reads back as the next lower number (.NET 10.0): 17 digits are right for both.
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

/// <summary>Rounding and printing of floats on their exact binary value, half to even, as Python does.</summary>
internal static class ExactDecimal
{
    /// <summary>Digits of |value| with a fixed number of decimals (may be negative: tens, hundreds), without a point.</summary>
    public static BigInteger Scale(double value, int decimals)
    {
        var bits = BitConverter.DoubleToInt64Bits(Math.Abs(value));
        var exponent = (int)(bits >> 52);
        var mantissa = bits & ((1L << 52) - 1);
        if (exponent == 0) exponent = 1;
        else mantissa |= 1L << 52;
        exponent -= 1075;
        BigInteger numerator = mantissa;
        var denominator = BigInteger.One;
        if (exponent > 0) numerator <<= exponent;
        else denominator <<= -exponent;
        if (decimals > 0) numerator *= BigInteger.Pow(10, decimals);
        else denominator *= BigInteger.Pow(10, -decimals);
        var whole = BigInteger.DivRem(numerator, denominator, out var rest);
        var twice = (rest << 1).CompareTo(denominator);
        return twice > 0 || (twice == 0 && !whole.IsEven) ? whole + 1 : whole;
    }

    /// <summary>Python's <c>round(value, decimals)</c>.</summary>
    public static double Round(double value, int decimals)
    {
        if (!double.IsFinite(value) || value == 0 || decimals > 323) return value;
        if (decimals < -308) return value < 0 ? -0.0 : 0.0;
        if (decimals == 0) return Math.Round(value, MidpointRounding.ToEven);
        var digits = Scale(value, decimals);
        var rounded = double.Parse($"{digits.ToString(CultureInfo.InvariantCulture)}E{(-decimals).ToString(CultureInfo.InvariantCulture)}", CultureInfo.InvariantCulture);
        return double.IsInfinity(rounded) ? throw TemplateError.Overflow("rounded value too large to represent") : value < 0 ? -rounded : rounded;
    }

    public static string Fixed(double value, int decimals)
    {
        var digits = Scale(value, decimals).ToString(CultureInfo.InvariantCulture);
        if (decimals == 0) return digits;
        digits = digits.PadLeft(decimals + 1, '0');
        return $"{digits[..^decimals]}.{digits[^decimals..]}";
    }

    /// <summary>The first <paramref name="count"/> significant digits of |value|, rounded, and the power of ten of the first.</summary>
    public static (string Digits, int Exponent) Significant(double value, int count)
    {
        if (value == 0) return (new string('0', count), 0);
        var exponent = (int)Math.Floor(Math.Log10(Math.Abs(value)));
        for (; ; )
        {
            var digits = Scale(value, count - 1 - exponent).ToString(CultureInfo.InvariantCulture);
            if (digits.Length == count && digits != "0") return (digits, exponent);
            exponent += digits.Length > count ? 1 : -1;
        }
    }
}

/// <summary>Bounds of integers, which limit the work of a single expression.</summary>
internal static class IntegerLimits
{
    /// <summary>Largest result of a calculation, in bits.</summary>
    public const int MaxBits = 1 << 16;

    /// <summary>Python's default limit for turning integers into text and back: 4,300 digits (sys.int_info.default_max_str_digits).</summary>
    public const int MaxDigits = 4300;

    private static readonly BigInteger TooLong = BigInteger.Pow(10, MaxDigits);

    public static BigInteger Check(BigInteger value) => value.GetBitLength() <= MaxBits ? value : throw TooLarge();

    public static TemplateError TooLarge() => new(TemplateCodes.NumberLimit, $"the integer is larger than {MaxBits} bits (limit: integer size)");

    public static void RequirePrintable(BigInteger value)
    {
        if (BigInteger.Abs(value) >= TooLong) throw TemplateError.Value($"Exceeds the limit ({MaxDigits} digits) for integer string conversion");
    }
}
