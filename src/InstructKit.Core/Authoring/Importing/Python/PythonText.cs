using InstructKit.Templating.Values;

namespace InstructKit.Authoring.Importing.Python;

/// <summary>Reads one string literal of Python: quotes once or thrice, prefixes r and u, all escapes.</summary>
internal static class PythonText
{
    /// <summary>True when a string literal begins at an offset, prefix included.</summary>
    public static bool BeginsAt(string text, int at)
    {
        var quote = PrefixEnd(text, at);
        return quote < text.Length && text[quote] is '"' or '\'';
    }

    /// <summary>The offset after the literal at an offset, with any prefix.</summary>
    /// <exception cref="DiagnosticException">It has no end (IK9001).</exception>
    public static int EndOf(SourceText source, int at) => Find(source, at, IsFormatted(source.Text, at)).Next;

    /// <summary>The characters of the literal at an offset.</summary>
    /// <exception cref="DiagnosticException">It has no end, is computed (f), is not text (b), or has an invalid escape (IK9001).</exception>
    public static string Read(SourceText source, int at)
    {
        var (prefix, start, end, _) = Find(source, at, hasFields: false);
        if (prefix.Any(letter => letter is not ('r' or 'R' or 'u' or 'U')))
            throw Error(source, at, prefix.Length, $"A string with the prefix '{prefix}' is not a literal text");

        return Decode(source, start, end, prefix.Contains('r', StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>True when the literal at an offset is an f-string.</summary>
    public static bool IsFormatted(string text, int at) => text.AsSpan(at, PrefixEnd(text, at) - at).IndexOfAny('f', 'F') >= 0;

    /// <summary>The parts of an f-string: its texts, and the positions of the expressions in braces.</summary>
    /// <exception cref="DiagnosticException">An escape is invalid (IK9001).</exception>
    public static IReadOnlyList<(string? Text, int Start, int End)> PartsOf(SourceText source, int at)
    {
        var (prefix, start, end, _) = Find(source, at, hasFields: true);
        return PartsOf(source, start, end, prefix.Contains('r', StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The parts of the inside of such a literal, or of a format in it.</summary>
    public static IReadOnlyList<(string? Text, int Start, int End)> PartsOf(SourceText source, int start, int end, bool raw)
    {
        List<(string? Text, int Start, int End)> parts = [];
        var text = new StringBuilder();
        var from = start;
        for (var i = start; i <= end; i++)
        {
            var letter = i < end ? source.Text[i] : '{';
            if (letter == '\\' && !raw)
            {
                // The braces of a character's name are no field.
                i++;
                if (source.Text.AsSpan(i).StartsWith("N{")) i = source.Text.IndexOf('}', i);
                continue;
            }

            if (letter is not ('{' or '}')) continue;

            text.Append(Decode(source, from, i, raw));
            if (i + 1 < end && source.Text[i + 1] == letter)
            {
                text.Append(letter);
                from = ++i + 1;
                continue;
            }

            if (text.Length > 0) parts.Add((text.ToString(), from, i));

            text.Clear();
            if (i == end) break;

            var close = EndOfField(source, i);
            parts.Add((null, i + 1, close));
            from = close + 1;
            i = close;
        }

        return parts;
    }

    /// <summary>Where the expression of a field between braces ends, its conversion, and where its format begins.</summary>
    public static (int End, string? Conversion, int? Format) FieldEnds(SourceText source, int start, int end)
    {
        var open = 0;
        for (var i = start; i < end; i++)
        {
            switch (source.Text[i])
            {
                case '(' or '[' or '{':
                    open++;
                    break;
                case ')' or ']' or '}':
                    open--;
                    break;
                case '"' or '\'':
                    i = Find(source, i, hasFields: false).Next - 1;
                    break;
                case '!' when open == 0 && source.Text[i + 1] != '=':
                    var colon = source.Text.IndexOf(':', i, end - i);
                    return (i, source.Text[(i + 1)..(colon < 0 ? end : colon)].Trim(), colon < 0 ? null : colon + 1);
                case ':' when open == 0:
                    return (i, null, i + 1);
            }
        }

        return (end, null, null);
    }

    // The brace that closes the field opened at another.
    private static int EndOfField(SourceText source, int at)
    {
        var open = 0;
        for (var i = at; i < source.Text.Length; i++)
        {
            switch (source.Text[i])
            {
                case '{' or '[' or '(':
                    open++;
                    break;
                case '}' or ']' or ')' when --open == 0:
                    return i;
                case '"' or '\'':
                    i = Find(source, i, hasFields: false).Next - 1;
                    break;
            }
        }

        throw Error(source, at, 1, "This brace has no end");
    }

    private static string Decode(SourceText source, int start, int end, bool raw)
    {
        // Python reads every line end of a file as a line feed.
        var text = new StringBuilder();
        for (var i = start; i < end; i++)
        {
            var letter = source.Text[i];
            if (letter == '\\' && !raw) i = ReadEscape(source, i, text);
            else if (letter != '\r') text.Append(letter);
            else if (source.Text[i + 1] != '\n') text.Append('\n');
        }

        return text.ToString();
    }

    // Appends the escape at an offset and returns the offset of its last character.
    private static int ReadEscape(SourceText source, int at, StringBuilder text)
    {
        if (source.Text[at + 1] == '\r') return at + (source.Text[at + 2] == '\n' ? 2 : 1);

        try
        {
            var last = TextLiteral.ReadEscape(source.Text, at + 1, text);
            var isHalf = source.Text[at + 1] is 'u' or 'U' && char.IsSurrogate(text[^1]) && (text.Length == 1 || !char.IsSurrogatePair(text[^2], text[^1]));
            if (!isHalf) return last;
        }
        catch (TemplateError)
        {
            // Reported with its place below.
        }

        throw Error(source, at, 2, "This escape is not a character");
    }

    // The prefix of a literal, where its characters begin and end, and where the rest begins. Fields may contain the literal's own quotes (Python 3.12).
    private static (string Prefix, int Start, int End, int Next) Find(SourceText source, int at, bool hasFields)
    {
        var text = source.Text;
        var quote = PrefixEnd(text, at);
        var isTriple = quote + 2 < text.Length && text[quote + 1] == text[quote] && text[quote + 2] == text[quote];
        var quotes = text.Substring(quote, isTriple ? 3 : 1);
        var start = quote + quotes.Length;
        for (var i = start; i < text.Length; i++)
        {
            var isField = hasFields && text[i] == '{';
            if (text[i] == '\\') i += text.AsSpan(i + 1).StartsWith("\r\n") ? 2 : 1;
            else if (isField && i + 1 < text.Length && text[i + 1] == '{') i++;
            else if (isField) i = EndOfField(source, i);
            else if (text[i] == '\n' && !isTriple) break;
            else if (text.AsSpan(i).StartsWith(quotes)) return (text[at..quote], start, i, i + quotes.Length);
        }

        throw Error(source, at, start - at, "This string has no end");
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

/// <summary>White space as Python's <c>str.strip</c> has it.</summary>
internal static class PythonSpace
{
    /// <summary>A text without the white space at its ends.</summary>
    public static string Strip(string text)
    {
        var (from, to) = (0, text.Length);
        while (from < to && UnicodeClass.IsSpace(text[from])) from++;

        while (to > from && UnicodeClass.IsSpace(text[to - 1])) to--;

        return text[from..to];
    }
}
