using System.Globalization;
using System.Text;
using InstructKit.Diagnostics;

namespace InstructKit.Authoring.Importing.Python;

/// <summary>Reads one string literal of Python: quotes once or thrice, prefixes r and u, all escapes but named characters.</summary>
internal static class PythonText
{
    /// <summary>True when a string literal begins at an offset, prefix included.</summary>
    public static bool BeginsAt(string text, int at)
    {
        var quote = PrefixEnd(text, at);
        return quote < text.Length && text[quote] is '"' or '\'';
    }

    /// <summary>Passes over a literal whatever its prefix.</summary>
    /// <exception cref="DiagnosticException">It has no end (IK9001).</exception>
    public static void Skip(SourceText source, ref int at)
    {
        var (_, _, end, close) = Locate(source, at);
        at = end + close;
    }

    /// <summary>The characters of the literal at an offset, which moves past it.</summary>
    /// <exception cref="DiagnosticException">It has no end, is computed (f), is not text (b), or has an escape that cannot be read (IK9001).</exception>
    public static string Read(SourceText source, ref int at)
    {
        var (prefix, start, end, close) = Locate(source, at);
        if (prefix.Any(letter => letter is not ('r' or 'R' or 'u' or 'U')))
            throw Error(source, at, prefix.Length, $"A string with the prefix '{prefix}' is not a literal text");

        at = end + close;
        var raw = prefix.Contains('r', StringComparison.OrdinalIgnoreCase);
        var text = new StringBuilder();
        for (var i = start; i < end; i++)
        {
            var letter = source.Text[i];
            if (letter == '\r')
            {
                // Python reads every line end of a file as a line feed.
                letter = '\n';
                i += source.Text[i + 1] == '\n' ? 1 : 0;
            }

            if (letter != '\\' || raw) text.Append(letter);
            else i = AppendEscape(source, text, i, end);
        }

        return text.ToString();
    }

    // Appends the escape at an offset and returns the offset of its last character.
    private static int AppendEscape(SourceText source, StringBuilder text, int at, int end)
    {
        var letter = source.Text[at + 1];
        switch (letter)
        {
            case '\n':
                return at + 1;
            case '\r':
                return at + 1 + (source.Text[at + 2] == '\n' ? 1 : 0);
            case 'a' or 'b' or 'f' or 'n' or 'r' or 't' or 'v' or '\\' or '\'' or '"':
                text.Append(letter switch { 'a' => '\a', 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', 'v' => '\v', _ => letter });
                return at + 1;
            case 'x' or 'u' or 'U':
                return AppendHex(source, text, at, letter switch { 'x' => 2, 'u' => 4, _ => 8 }, end);
            case 'N':
                throw Error(source, at, 2, "Characters by name, as in \\N{DASH}, are not read");
            case >= '0' and <= '7':
                var last = at + 1;
                var value = 0;
                for (; last < Math.Min(end, at + 4) && source.Text[last] is >= '0' and <= '7'; last++) value = (value * 8) + source.Text[last] - '0';

                text.Append((char)value);
                return last - 1;
            default:
                // An escape that Python does not know stays as it is written.
                text.Append('\\').Append(letter);
                return at + 1;
        }
    }

    private static int AppendHex(SourceText source, StringBuilder text, int at, int digits, int end)
    {
        if (at + 2 + digits > end
            || !uint.TryParse(source.Text.AsSpan(at + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            || !Rune.IsValid(value))
        {
            throw Error(source, at, Math.Min(2 + digits, end - at), "This escape is not a character");
        }

        text.Append(new Rune(value).ToString());
        return at + 1 + digits;
    }

    private static (string Prefix, int Start, int End, int Close) Locate(SourceText source, int at)
    {
        var text = source.Text;
        var quote = PrefixEnd(text, at);
        var triple = quote + 2 < text.Length && text[quote + 1] == text[quote] && text[quote + 2] == text[quote];
        var close = triple ? 3 : 1;
        for (var i = quote + close; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '\n' && !triple)
                break;
            else if (text[i] == text[quote] && (!triple || (i + 2 < text.Length && text[i + 1] == text[quote] && text[i + 2] == text[quote])))
                return (text[at..quote], quote + close, i, close);
        }

        throw Error(source, at, quote + close - at, "This string has no end");
    }

    private static int PrefixEnd(string text, int at)
    {
        var end = at;
        while (end < text.Length && end < at + 2 && text[end] is 'r' or 'R' or 'u' or 'U' or 'b' or 'B' or 'f' or 'F' or 't' or 'T') end++;

        return end;
    }

    private static DiagnosticException Error(SourceText source, int at, int length, string message) =>
        new(new Diagnostic(ImportCodes.Unreadable, Severity.Error, $"{message}.", new SourceSpan(source, at, length)));
}

/// <summary>White space as Python's <c>str.strip</c> has it; .NET's lacks U+001C to U+001F.</summary>
internal static class PythonSpace
{
    private const string All =
        "\t\n\v\f\r\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

    private static readonly char[] Characters = All.ToCharArray();

    /// <summary>A text without the white space at its ends.</summary>
    public static string Strip(string text) => text.Trim(Characters);
}
