using System.Numerics;

namespace InstructKit.Templating.Values;

/// <summary>Numeric fields, as common to both of Python's formatting styles.</summary>
internal static class NumberFormat
{
    /// <summary>Largest number of digits after the decimal point.</summary>
    public const int MaxPrecision = 100_000;

    /// <summary>The digits of |value| under a float format letter: <c>e f g</c> and their capitals.</summary>
    public static string Float(double value, char letter, int precision, bool alternate)
    {
        var upper = char.IsAsciiLetterUpper(letter);
        if (!double.IsFinite(value))
        {
            var word = double.IsNaN(value) ? "nan" : "inf";
            return upper ? word.ToUpperInvariant() : word;
        }

        if (precision > MaxPrecision) throw TooPrecise();
        var text = char.ToLowerInvariant(letter) switch
        {
            'f' => ExactDecimal.Fixed(value, precision) + (alternate && precision == 0 ? "." : string.Empty),
            'e' => Scientific(ExactDecimal.Significant(value, precision + 1), alternate),
            _ => General(value, Math.Max(1, precision), alternate, Math.Max(1, precision)),
        };
        return upper ? text.ToUpperInvariant() : text;
    }

    /// <summary>The digits of |value| as in <c>g</c>, but always with a point or an exponent, and one digit earlier in exponent form.</summary>
    public static string WithPoint(double value, int precision, bool alternate)
    {
        if (!double.IsFinite(value)) return Float(value, 'g', precision, alternate);
        if (precision > MaxPrecision) throw TooPrecise();
        precision = Math.Max(1, precision);
        var general = General(value, precision, alternate, precision - 1);
        return general.AsSpan().IndexOfAny(".e") < 0 ? general + ".0" : general;
    }

    /// <summary>The digits of |value| in a radix, without a prefix.</summary>
    public static string Integer(BigInteger value, char letter)
    {
        value = BigInteger.Abs(value);
        switch (letter)
        {
            case 'x' or 'X' or 'b':
                var digits = value.ToString(letter == 'b' ? "b" : "x", CultureInfo.InvariantCulture).TrimStart('0');
                return digits.Length == 0 ? "0" : letter == 'X' ? digits.ToUpperInvariant() : digits;
            case 'o': return Octal(value);
            default:
                IntegerLimits.RequirePrintable(value);
                return value.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static string Octal(BigInteger value)
    {
        var binary = value.ToString("b", CultureInfo.InvariantCulture).TrimStart('0');
        var groups = binary.PadLeft(Math.Max(1, (binary.Length + 2) / 3) * 3, '0').Chunk(3);
        return string.Concat(groups.Select(bits => Convert.ToInt32(new string(bits), 2)));
    }

    /// <summary>Digits in groups, leftwards from the point.</summary>
    public static string Grouped(string digits, char separator, int size)
    {
        var end = size > 3 ? -1 : digits.AsSpan().IndexOfAny(".eE%");
        var whole = end < 0 ? digits : digits[..end];
        var grouped = new StringBuilder(digits.Length + (whole.Length / size));
        for (var at = 0; at < whole.Length; at++)
        {
            if (at > 0 && (whole.Length - at) % size == 0) grouped.Append(separator);
            grouped.Append(whole[at]);
        }

        return grouped.Append(digits.AsSpan(whole.Length)).ToString();
    }

    /// <summary>Charges digits after the decimal point: exact decimals have quadratic cost.</summary>
    public static void Charge(RenderContext context, int precision) => context.Step((long)Math.Min(precision, MaxPrecision) * Math.Min(precision, MaxPrecision) >> 14);

    /// <summary>Appends a field: its sign and the rest, padded to a width in code points.</summary>
    /// <param name="align">The side of the text: left, right, middle (<c>^</c>), or right with the sign on the left (<c>=</c>).</param>
    public static void Pad(RenderContext context, Utf8Output output, string sign, ReadOnlySpan<byte> text, int width, char align, Rune fill)
    {
        var missing = Math.Max(0, width - sign.Length - Utf8Text.Length(text));
        var (before, within) = align switch { '<' => (0, 0), '^' => (missing / 2, 0), '=' => (0, missing), _ => (missing, 0) };
        context.Build((long)missing * fill.Utf8SequenceLength);
        Fill(output, fill, before);
        output.AppendText(sign);
        Fill(output, fill, within);
        output.AppendText(text);
        Fill(output, fill, missing - before - within);
    }

    private static void Fill(Utf8Output output, Rune fill, int count)
    {
        Span<byte> unit = stackalloc byte[4];
        unit = unit[..fill.EncodeToUtf8(unit)];
        for (var i = 0; i < count; i++) output.AppendText(unit);
    }

    private static TemplateError TooPrecise() => new(TemplateCodes.NumberLimit, $"more than {MaxPrecision} digits after the decimal point (limit: precision)");

    private static string General(double value, int precision, bool alternate, int largestExponent)
    {
        var (digits, exponent) = ExactDecimal.Significant(value, precision);
        if (!alternate) digits = digits.TrimEnd('0') is { Length: > 0 } kept ? kept : "0";
        if (exponent < -4 || exponent >= largestExponent) return Scientific((digits, exponent), alternate);
        if (exponent < 0) return $"0.{new string('0', -exponent - 1)}{digits}";
        if (digits.Length <= exponent + 1) return digits.PadRight(exponent + 1, '0') + (alternate ? "." : string.Empty);
        return $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    private static string Scientific((string Digits, int Exponent) number, bool alternate)
    {
        var point = number.Digits.Length > 1 || alternate ? "." : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"{number.Digits[0]}{point}{number.Digits[1..]}e{number.Exponent:+00;-00}");
    }
}
