namespace InstructKit.Templating.Values;

/// <summary>The escapes of a text literal, as Python's <c>unicode-escape</c> codec reads them.</summary>
internal static class TextLiteral
{
    /// <summary>The text of the source between the quotes; fails if it is invalid.</summary>
    public static string Unescape(string source)
    {
        if (!source.Contains('\\', StringComparison.Ordinal)) return source;
        var target = new StringBuilder(source.Length);
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] != '\\' || i + 1 == source.Length) target.Append(source[i]);
            else i = ReadEscape(source, i + 1, target);
        }

        var text = target.ToString();
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsSurrogatePair(text, i)) throw TemplateError.Value("half a surrogate pair, which UTF-8 cannot express");
            i++;
        }

        return text;
    }

    /// <summary>Reads the escape whose letter is at <paramref name="at"/>; returns the position of its last character.</summary>
    private static int ReadEscape(string source, int at, StringBuilder target)
    {
        const string Letters = "abfnrtv\\'\"";
        const string Meanings = "\a\b\f\n\r\t\v\\'\"";
        var letter = Letters.IndexOf(source[at], StringComparison.Ordinal);
        if (letter >= 0)
        {
            target.Append(Meanings[letter]);
            return at;
        }

        switch (source[at])
        {
            case '\n': return at;
            case 'x': return ReadHex(source, at, 2, target);
            case 'u': return ReadHex(source, at, 4, target);
            case 'U': return ReadHex(source, at, 8, target);
            case 'N': return ReadNamed(source, at, target);
            case >= '0' and <= '7':
                var code = 0;
                var end = at;
                while (end < source.Length && end < at + 3 && source[end] is >= '0' and <= '7') code = (code * 8) + (source[end++] - '0');
                target.Append((char)code);
                return end - 1;
            default:
                target.Append('\\').Append(source[at]);
                return at;
        }
    }

    private static int ReadNamed(string source, int at, StringBuilder target)
    {
        var end = at + 1 < source.Length && source[at + 1] == '{' ? source.IndexOf('}', at + 2) : -1;
        if (end <= at + 2) throw TemplateError.Value("malformed \\N escape; expected \\N{name of a character}");
        var name = source[(at + 2)..end];
        target.Append(UnicodeNames.Find(name) ?? throw TemplateError.Value($"no character is named '{name}'"));
        return end;
    }

    private static int ReadHex(string source, int at, int count, StringBuilder target)
    {
        var digits = source.AsSpan(at + 1, Math.Min(count, source.Length - at - 1));
        if (digits.Length < count || !uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            throw TemplateError.Value($"truncated \\{source[at]} escape; {count} hexadecimal digits were expected");

        if (code > 0x10ffff) throw TemplateError.Value("the escape names no Unicode character");
        if (code < 0x10000) target.Append((char)code);
        else target.Append(char.ConvertFromUtf32((int)code));
        return at + count;
    }
}
