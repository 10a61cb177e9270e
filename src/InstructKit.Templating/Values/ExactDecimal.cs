using System.Numerics;

namespace InstructKit.Templating.Values;

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

/// <summary>The digits of integers.</summary>
internal static class IntegerText
{
    /// <summary>Parses digits of a base, with a matching prefix; base 0 uses the prefix. Null if invalid.</summary>
    public static BigInteger? Parse(ReadOnlySpan<char> digits, int radix)
    {
        var prefix = digits.Length > 1 && digits[0] == '0' ? char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 } : 0;
        var hasPrefix = prefix != 0 && (radix == prefix || radix == 0);
        if (hasPrefix) digits = digits[2..];
        if (radix == 0) radix = hasPrefix ? prefix : 10;
        if (radix == 10)
        {
            if (digits.Length > IntegerLimits.MaxDigits) throw TemplateError.Value($"Exceeds the limit ({IntegerLimits.MaxDigits} digits) for integer string conversion");
            return BigInteger.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        }

        var result = BigInteger.Zero;
        foreach (var digit in digits)
        {
            var worth = char.IsAsciiDigit(digit) ? digit - '0' : char.IsAsciiLetter(digit) ? char.ToLowerInvariant(digit) - 'a' + 10 : 99;
            if (worth >= radix) return null;
            result = (result * radix) + worth;
        }

        return digits.IsEmpty ? null : result;
    }
}
