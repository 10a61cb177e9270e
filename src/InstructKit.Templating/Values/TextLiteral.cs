using System.Text.RegularExpressions;

namespace InstructKit.Templating.Values;

/// <summary>The escapes of a text literal, as Python's <c>unicode-escape</c> codec reads them.</summary>
internal static partial class TextLiteral
{
    [GeneratedRegex(@"\\(x(?<code>[0-9a-fA-F]{2})|u(?<code>[0-9a-fA-F]{4})|U(?<code>[0-9a-fA-F]{8})|(?<octal>[0-7]{1,3})|N\{(?<name>[^}]+)\}|.)", RegexOptions.Singleline)]
    private static partial Regex Escape { get; }

    /// <summary>The text of the source between the quotes; fails if it is invalid.</summary>
    public static string Unescape(string source)
    {
        if (!source.Contains('\\', StringComparison.Ordinal)) return source;
        var text = Escape.Replace(source, Meaning);
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsSurrogatePair(text, i)) throw TemplateError.Value("half a surrogate pair, which UTF-8 cannot express");
            i++;
        }

        return text;
    }

    /// <summary>Reads the escape whose letter is at <paramref name="at"/>; returns the position of its last character.</summary>
    /// <exception cref="TemplateError">It is not a character.</exception>
    public static int ReadEscape(string source, int at, StringBuilder target)
    {
        var escape = Escape.Match(source, at - 1);
        target.Append(Meaning(escape));
        return at + escape.Length - 2;
    }

    private static string Meaning(Match escape)
    {
        if (escape.Groups["octal"] is { Success: true, Value: var octal }) return ((char)Convert.ToInt32(octal, 8)).ToString();
        if (escape.Groups["name"] is { Success: true, Value: var name }) return UnicodeNames.Find(name)?.ToString() ?? throw TemplateError.Value($"no character is named '{name}'");
        if (escape.Groups["code"] is { Success: true, Value: var digits })
        {
            var code = uint.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (code > 0x10ffff) throw TemplateError.Value("the escape names no Unicode character");
            return code < 0x10000 ? ((char)code).ToString() : char.ConvertFromUtf32((int)code); // two halves of a pair may come one after the other
        }

        var letter = escape.Value[1];
        return letter switch
        {
            '\n' => string.Empty,
            '\\' or '\'' or '"' => letter.ToString(),
            'a' => "\a",
            'b' => "\b",
            'f' => "\f",
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'v' => "\v",
            'x' or 'u' or 'U' => throw TemplateError.Value($"truncated \\{letter} escape; {(letter == 'x' ? 2 : letter == 'u' ? 4 : 8)} hexadecimal digits were expected"),
            'N' => throw TemplateError.Value("malformed \\N escape; expected \\N{name of a character}"),
            _ => escape.Value,
        };
    }
}
