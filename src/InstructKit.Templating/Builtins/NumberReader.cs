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
        return value.IsText && PythonFloat.TryParse(value.TextSpan, out var number) ? number : null;
    }

    /// <summary><c>int(text, base)</c>; null when it cannot be parsed.</summary>
    public static BigInteger? ReadInteger(RenderContext context, Value value, int radix)
    {
        if (Clean(value) is not { } text) return null;
        var digits = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);
        if (digits.Length > IntegerLimits.MaxBits / 8) throw TemplateError.Value("the text of the integer is too long");
        context.Step((long)digits.Length * digits.Length >> 12);
        var number = IntegerText.Parse(digits, radix);
        return text[0] == '-' ? -number : number;
    }

    /// <summary>Trims blanks, removes single underscores between digits, and maps decimal digits of other scripts to ASCII; null when an underscore is misplaced.</summary>
    private static string? Clean(Value value)
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
                if (joins || text.Length == 0 || !char.IsAsciiLetterOrDigit(text[^1])) return null;
                joins = true;
                continue;
            }

            if (joins && !char.IsAsciiLetterOrDigit(unit)) return null;
            joins = false;
            text.Append(unit);
        }

        return joins || text.Length == 0 ? null : text.ToString();
    }
}
