namespace InstructKit.Templating.Values;

/// <summary>Floats as Python reads them; <see cref="FloatText"/> prints them.</summary>
internal static class PythonFloat
{
    /// <summary>Parses a float like <c>float()</c>: white space around it, a sign, digits of any script, single underscores between digits, <c>inf</c>, <c>nan</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        text = text[Utf8Text.SpacesAtStart(text)..];
        text = text[..Utf8Text.LengthWithoutSpacesAtEnd(text)];
        var plain = text.Length <= 512 ? stackalloc byte[512] : new byte[text.Length];
        var length = 0;
        var joins = false; // an underscore must be followed by a digit
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
}
