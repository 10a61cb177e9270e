using System.Globalization;
using System.Text;

namespace InstructKit.Templating.Syntax;

/// <summary>The escapes of a text literal, as Python's <c>unicode-escape</c> codec reads them.</summary>
internal static class StringLiteral
{
    public static string Read(Token token)
    {
        var source = token.Text;
        if (!source.Contains('\\', StringComparison.Ordinal)) return source;
        var target = new StringBuilder(source.Length);
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] != '\\' || i + 1 == source.Length) target.Append(source[i]);
            else i = ReadEscape(source, i + 1, target, token.Place);
        }

        var text = target.ToString();
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsSurrogatePair(text, i)) throw new SyntaxException(TemplateCodes.BadLiteral, "half a surrogate pair, which UTF-8 cannot express", token.Place);
            i++;
        }

        return text;
    }

    /// <summary>Reads the escape whose letter stands at <paramref name="at"/>; returns the position of its last character.</summary>
    private static int ReadEscape(string source, int at, StringBuilder target, Place place)
    {
        switch (source[at])
        {
            case '\n': return at;
            case '\\' or '\'' or '"': target.Append(source[at]); return at;
            case 'a': target.Append('\a'); return at;
            case 'b': target.Append('\b'); return at;
            case 'f': target.Append('\f'); return at;
            case 'n': target.Append('\n'); return at;
            case 'r': target.Append('\r'); return at;
            case 't': target.Append('\t'); return at;
            case 'v': target.Append('\v'); return at;
            case 'x': return ReadHex(source, at, 2, target, place);
            case 'u': return ReadHex(source, at, 4, target, place);
            case 'U': return ReadHex(source, at, 8, target, place);
            case 'N': throw new SyntaxException(TemplateCodes.LeftOut, "escapes by character name (\\N) are not supported; write the character or \\u", place);
            case >= '0' and <= '7': return ReadOctal(source, at, target);
            default: target.Append('\\').Append(source[at]); return at;
        }
    }

    private static int ReadHex(string source, int at, int count, StringBuilder target, Place place)
    {
        var digits = source.AsSpan(at + 1, Math.Min(count, source.Length - at - 1));
        if (digits.Length < count || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            throw new SyntaxException(TemplateCodes.BadLiteral, $"truncated \\{source[at]} escape; {count} hexadecimal digits were expected", place);

        if (code is < 0 or > 0x10ffff) throw new SyntaxException(TemplateCodes.BadLiteral, "the escape names no Unicode character", place);
        if (code < 0x10000) target.Append((char)code);
        else target.Append(char.ConvertFromUtf32(code));
        return at + count;
    }

    private static int ReadOctal(string source, int at, StringBuilder target)
    {
        var code = 0;
        var end = at;
        while (end < source.Length && end < at + 3 && source[end] is >= '0' and <= '7') code = (code * 8) + (source[end++] - '0');
        target.Append((char)code);
        return end - 1;
    }
}
