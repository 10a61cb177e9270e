using System.Numerics;

namespace InstructKit.Templating.Values;

/// <summary>Floats as Python reads and prints them: shortest digits that read back, exponent form outside 1e-4 to 1e16.</summary>
internal static class PythonFloat
{
    /// <summary>Longest text of any float, in bytes.</summary>
    public const int MaxLength = 32;

    /// <summary>Reads a float as <c>float()</c> does: white space around it, a sign, digits of any script, single underscores between digits, <c>inf</c>, <c>nan</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        text = text[Utf8Text.SpacesAtStart(text)..];
        text = text[..Utf8Text.LengthWithoutSpacesAtEnd(text)];
        var plain = text.Length <= 512 ? stackalloc byte[512] : new byte[text.Length];
        var length = 0;
        var joins = false; // an underscore waits for a digit
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out var rune, out var used);
            text = text[used..];
            var isDigit = UnicodeClass.IsDecimal(rune.Value);
            if (!isDigit && (joins || !rune.IsAscii)) return false;
            joins = rune.Value == '_';
            if (!joins) plain[length++] = rune.IsAscii ? (byte)rune.Value : (byte)('0' + (int)Rune.GetNumericValue(rune));
            else if (length == 0 || !char.IsAsciiDigit((char)plain[length - 1])) return false;
        }

        return !joins && length > 0 && TryParsePlain(plain[..length], out value);
    }

    private static bool TryParsePlain(ReadOnlySpan<byte> text, out double value)
    {
        var body = text[0] is (byte)'+' or (byte)'-' ? text[1..] : text;
        if (Ascii.EqualsIgnoreCase(body, "inf"u8) || Ascii.EqualsIgnoreCase(body, "infinity"u8))
        {
            value = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        value = double.NaN;
        if (Ascii.EqualsIgnoreCase(body, "nan"u8)) return true;
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return body is [(byte)'.' or (>= (byte)'0' and <= (byte)'9'), ..] && double.TryParse(text, Style, CultureInfo.InvariantCulture, out value);
    }

    public static int Format(double value, Span<byte> target)
    {
        if (!double.IsFinite(value)) return Encoding.ASCII.GetBytes(double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf", target);
        value.TryFormat(target, out var length, FormatOf(value), CultureInfo.InvariantCulture);
        if (Math.Abs(value) is >= 1e15 and < 1e17 and var size) return Encoding.ASCII.GetBytes(Rewrite(Encoding.ASCII.GetString(target[..length]), size < 1e16), target);
        var exponent = target[..length].IndexOf((byte)'E');
        if (exponent >= 0) target[exponent] = (byte)'e';
        else if (!target[..length].Contains((byte)'.')) length += Encoding.ASCII.GetBytes(".0", target[length..]);
        return length;
    }

    // .NET's shortest form of 2^-25 and 2^-958, alone among the powers of two, reads back as the number below (.NET 10.0): 17 digits are right for both.
    private static string FormatOf(double value) => Math.Abs(value) is 2.9802322387695312e-08 or 4.1045368012983762e-289 ? "G17" : "R";

    // Between 10^15 and 10^17 .NET writes an exponent where the digits do not reach to the point, Python from 10^16 on.
    private static string Rewrite(string shortest, bool isWhole)
    {
        var sign = shortest[0] == '-' ? "-" : string.Empty;
        var digits = shortest.Split('E')[0].Replace(".", string.Empty, StringComparison.Ordinal)[sign.Length..];
        return sign + (isWhole ? digits.PadRight(17, '0').Insert(16, ".") : digits.Insert(1, ".").TrimEnd('0').TrimEnd('.') + "e+16");
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

/// <summary>The digits of integers.</summary>
internal static class IntegerText
{
    /// <summary>The number that digits of a base are, with a prefix that fits it; base 0 goes by the prefix. Null when they are none.</summary>
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
