namespace InstructKit.Evaluation.Metrics;

/// <summary>Numbers as Python's <c>float()</c> reads them and <c>str()</c> writes them; DROP and STS-B are defined by both.</summary>
internal static class PythonFloat
{
    /// <summary>Longest text that can be a number here, in bytes; a longer one is text. CPython has no limit.</summary>
    private const int MaxLength = 4096;

    /// <summary>Reads a number: white space around it, a sign, digits of any script, single underscores between digits, <c>inf</c>, <c>nan</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        text = PythonCharacters.Trim(text);
        if (text.IsEmpty || text.Length > MaxLength) return false;

        Span<byte> plain = stackalloc byte[text.Length <= 512 ? 512 : MaxLength];
        var length = 0;
        for (var i = 0; i < text.Length;)
        {
            i += PythonCharacters.Decode(text[i..], out var codePoint);
            if (codePoint >= 0x80)
            {
                if (!Rune.IsValid(codePoint) || Rune.GetUnicodeCategory(new Rune(codePoint)) != UnicodeCategory.DecimalDigitNumber) return false;
                codePoint = '0' + (int)Rune.GetNumericValue(new Rune(codePoint));
            }

            plain[length++] = (byte)codePoint;
        }

        return TryParsePlain(plain[..length], out value);
    }

    /// <summary>The value, or the default if the text is not a number (T5's <c>string_to_float</c>).</summary>
    public static double ParseOr(ReadOnlySpan<byte> text, double fallback) => TryParse(text, out var value) ? value : fallback;

    /// <summary>Appends the shortest text that round-trips, with <c>.0</c> for whole numbers.</summary>
    public static void Append(double value, GrowableBuffer<byte> output)
    {
        if (double.IsNaN(value) || double.IsInfinity(value))
        {
            output.AddRange(double.IsNaN(value) ? "nan"u8 : value > 0 ? "inf"u8 : "-inf"u8);
            return;
        }

        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        AppendShortest(text[..length], output);
    }

    private static bool TryParsePlain(Span<byte> text, out double value)
    {
        value = 0;
        var sign = text[0] is (byte)'+' or (byte)'-' ? 1 : 0;
        var body = text[sign..];
        if (body.IsEmpty) return false;
        if (Ascii.EqualsIgnoreCase(body, "inf"u8) || Ascii.EqualsIgnoreCase(body, "infinity"u8))
        {
            value = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        if (Ascii.EqualsIgnoreCase(body, "nan"u8))
        {
            value = double.NaN;
            return true;
        }

        // Underscores are allowed only between digits; they are removed before parsing.
        var length = 0;
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] != '_')
            {
                body[length++] = body[i];
                continue;
            }

            if (i == 0 || i + 1 == body.Length || !char.IsAsciiDigit((char)body[i - 1]) || !char.IsAsciiDigit((char)body[i + 1])) return false;
        }

        const NumberStyles styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingSign;
        body = body[..length];
        if (!char.IsAsciiDigit((char)body[0]) && body[0] != '.') return false;
        return double.TryParse(text[..(sign + length)], styles, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Rewrites the runtime's shortest text in Python's way: an exponent from 1e16 and below 1e-4, with at least two digits.</summary>
    private static void AppendShortest(ReadOnlySpan<byte> text, GrowableBuffer<byte> output)
    {
        if (text[0] == '-')
        {
            output.Add((byte)'-');
            text = text[1..];
        }

        // Digits without the point, and the power of ten of the first one.
        Span<byte> digits = stackalloc byte[32];
        var count = 0;
        var point = -1;
        var exponent = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '.') point = count;
            else if (text[i] == 'E')
            {
                exponent = int.Parse(text[(i + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                break;
            }
            else digits[count++] = text[i];
        }

        var power = (point < 0 ? count : point) - 1 + exponent;
        var leading = 0;
        while (leading < count - 1 && digits[leading] == '0')
        {
            leading++;
            power--;
        }

        var significant = digits[leading..count].TrimEnd((byte)'0');
        if (significant.IsEmpty)
        {
            output.AddRange("0.0"u8);
            return;
        }

        if (power is >= -4 and < 16)
        {
            AppendFixed(significant, power, output);
            return;
        }

        output.Add(significant[0]);
        if (significant.Length > 1)
        {
            output.Add((byte)'.');
            output.AddRange(significant[1..]);
        }

        output.Add((byte)'e');
        output.Add((byte)(power < 0 ? '-' : '+'));
        Span<byte> written = stackalloc byte[8];
        Math.Abs(power).TryFormat(written, out var length, "00", CultureInfo.InvariantCulture);
        output.AddRange(written[..length]);
    }

    private static void AppendFixed(ReadOnlySpan<byte> digits, int power, GrowableBuffer<byte> output)
    {
        if (power < 0)
        {
            output.AddRange("0."u8);
            for (var i = -1; i > power; i--) output.Add((byte)'0');
            output.AddRange(digits);
            return;
        }

        for (var i = 0; i <= power; i++) output.Add(i < digits.Length ? digits[i] : (byte)'0');
        output.Add((byte)'.');
        if (digits.Length > power + 1) output.AddRange(digits[(power + 1)..]);
        else output.Add((byte)'0');
    }
}
