using System.Numerics;

namespace InstructKit.Templating.Builtins;

/// <summary>Parses numbers by Python's rules.</summary>
internal static class NumberReader
{
    /// <summary><c>float(value)</c>; null when it cannot be parsed.</summary>
    public static double? ReadFloat(Value value)
    {
        if (value.IsUndefined) throw value.UndefinedError();
        if (Comparison.IsNumber(value)) return Arithmetic.ToDouble(value);
        if (!value.IsText || Clean(value, lettersCount: false) is not { } text) return null;
        switch (text.TrimStart('+', '-').ToLowerInvariant())
        {
            case "inf" or "infinity": return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            case "nan": return double.NaN;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return text.Any(char.IsAsciiDigit) && double.TryParse(text, Style, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary><c>int(text, base)</c>; null when it cannot be parsed.</summary>
    public static BigInteger? ReadInteger(RenderContext context, Value value, int radix)
    {
        if (Clean(value, lettersCount: true) is not { } text) return null;
        var negative = text.StartsWith('-');
        var digits = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);
        if (digits.Length > 1 && digits[0] == '0')
        {
            var prefix = char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 };
            if (prefix != 0 && (radix == prefix || radix == 0))
            {
                digits = digits[2..];
                radix = prefix;
            }
        }

        if (radix == 0) radix = 10;
        if (digits.IsEmpty) return null;
        if (radix == 10)
        {
            if (digits.Length > IntegerLimits.MaxDigits) throw TemplateError.Value($"Exceeds the limit ({IntegerLimits.MaxDigits} digits) for integer string conversion");
            return BigInteger.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (negative ? -number : number) : null;
        }

        if (digits.Length > IntegerLimits.MaxBits / 8) throw TemplateError.Value("the text of the integer is too long");
        context.Step((long)digits.Length * digits.Length >> 12);
        var result = BigInteger.Zero;
        foreach (var digit in digits)
        {
            var worth = char.IsAsciiDigit(digit) ? digit - '0' : char.IsAsciiLetter(digit) ? char.ToLowerInvariant(digit) - 'a' + 10 : 99;
            if (worth >= radix) return null;
            result = (result * radix) + worth;
        }

        return negative ? -result : result;
    }

    /// <summary>Trims blanks, removes single underscores between digits, and maps decimal digits of other scripts to ASCII; null when an underscore is misplaced.</summary>
    private static string? Clean(Value value, bool lettersCount)
    {
        var source = Utf8Text.TrimSpaces(value, true, true).ToString();
        var text = new StringBuilder(source.Length);
        var joins = false; // an underscore must be followed by a digit
        foreach (var rune in source.EnumerateRunes())
        {
            var isPlain = rune.IsAscii;
            var digit = isPlain ? -1 : (int)Rune.GetNumericValue(rune);
            var unit = isPlain ? (char)rune.Value : digit is >= 0 and <= 9 && UnicodeClass.IsDecimal(rune.Value) ? (char)('0' + digit) : '\ufffd';
            if (unit == '_')
            {
                if (joins || text.Length == 0 || !IsDigit(text[^1], lettersCount)) return null;
                joins = true;
                continue;
            }

            if (joins && !IsDigit(unit, lettersCount)) return null;
            joins = false;
            text.Append(unit);
        }

        return joins || text.Length == 0 ? null : text.ToString();
    }

    private static bool IsDigit(char unit, bool letters) => letters ? char.IsAsciiLetterOrDigit(unit) : char.IsAsciiDigit(unit);
}
