namespace InstructKit.Authoring.Importing.Python;

/// <summary>Reads Python's literals (The Python Language Reference, 2.4 to 2.6 and 6.2), with calls and items of earlier values among them.</summary>
/// <param name="source">The file.</param>
internal sealed class PythonReader(SourceText source) : PythonCursor(source)
{
    private const int MaxDepth = 64;

    /// <summary>True when a literal begins here.</summary>
    public bool AtLiteral => AtText || Peek() is '[' or '(' or '{' or '-' or '+' or (>= '0' and <= '9') || WordHere() is "True" or "False" or "None";

    /// <summary>Forgets open brackets after a value that could not be read.</summary>
    public void Reset() => Depth = 0;

    /// <summary>Goes to the next statement; false at the end of the file.</summary>
    public bool SkipToStatement()
    {
        SkipBlank(lines: true);
        return Position < Text.Length;
    }

    /// <summary>A name, with the blanks after it; null when there is none here.</summary>
    public string? TryReadName()
    {
        var word = WordHere();
        if (word.Length == 0) return null;

        Position += word.Length;
        SkipBlank(lines: false);
        return word;
    }

    /// <summary>Takes a character, with the blanks after it.</summary>
    public bool TryTake(char letter)
    {
        if (Peek() != letter) return false;

        Position++;
        SkipBlank(lines: Depth > 0);
        return true;
    }

    /// <summary>The key of a subscript <c>["key"]</c>, with the blanks after it; null, and nothing read, where there is none.</summary>
    public PythonValue? TryReadSubscript()
    {
        if (Peek() != '[') return null;

        var start = Position;
        try
        {
            Open();
            var key = ReadValue();
            if (TryTake(']')) return key;
        }
        catch (DiagnosticException)
        {
            // Something that is computed: the statement is passed over.
        }

        Depth = 0;
        Position = start;
        return null;
    }

    /// <summary>Takes a single <c>=</c>.</summary>
    public bool TryTakeAssign() => (Position + 1 >= Text.Length || Text[Position + 1] != '=') && TryTake('=');

    /// <summary>Passes over a type; true when an assignment follows.</summary>
    public bool SkipAnnotation()
    {
        while (Position < Text.Length && Text[Position] is not ('=' or '\n' or '#')) Position++;

        return Peek() == '=';
    }

    /// <summary>Requires that nothing follows on the line but another statement after a semicolon.</summary>
    /// <exception cref="DiagnosticException">Something follows (IK9001).</exception>
    public void EndStatement()
    {
        SkipBlank(lines: false);
        if (!TryTake(';') && Position < Text.Length && Text[Position] is not ('\n' or '\r'))
            throw Error("Expected the end of the statement: only literals are read, nothing is computed");
    }

    /// <summary>Passes over a statement with the indented lines below it; returns the end of its first line.</summary>
    public int SkipStatement()
    {
        var first = -1;
        do
        {
            SkipLogicalLine();
            first = first < 0 ? Position : first;
            Position = Math.Min(Position + 1, Text.Length);
        }
        while (Position < Text.Length && Text[Position] is ' ' or '\t' or '\n' or '\r' or '#');
        return first;
    }

    /// <summary>Reads a literal, with the blanks after it.</summary>
    /// <exception cref="DiagnosticException">No literal, or a broken one (IK9001).</exception>
    public PythonValue ReadValue()
    {
        if (++Depth > MaxDepth) throw Error(string.Create(CultureInfo.InvariantCulture, $"Nested deeper than {MaxDepth} levels"));

        var start = Position;
        PythonValue value = Peek() switch
        {
            '[' => new PythonValue.Sequence(ReadItems(']', out _), Span(start)),
            '(' => ReadParentheses(start),
            '{' => ReadBraces(start),
            _ when AtText => ReadText(start),
            _ when TryReadNamed(start) is { } named => named,
            _ => ReadAtom(start),
        };
        Depth--;
        SkipBlank(lines: Depth > 0);
        return value;
    }

    private PythonValue.Text ReadText(int start)
    {
        var content = string.Empty;
        int end;
        do
        {
            end = Position;
            content += PythonText.Read(Source, ref end);
            Position = end;
            SkipBlank(lines: Depth > 1);
            if (Peek() == '+' && NextAfter(Position + 1, lines: Depth > 1) is var next && PythonText.BeginsAt(Text, next)) Position = next;
        }
        while (AtText);
        Position = end;
        return new PythonValue.Text(content, Span(start));
    }

    private PythonValue ReadParentheses(int start)
    {
        var items = ReadItems(')', out var comma);
        // One value without a comma is that value; the parentheses only let it go over lines.
        return items is [var one] && !comma ? one : new PythonValue.Sequence(items, Span(start));
    }

    private List<PythonValue> ReadItems(char close, out bool comma)
    {
        List<PythonValue> items = [];
        comma = false;
        Open();
        while (!TryClose(close))
        {
            items.Add(ReadItem(close));
            comma = TryTake(',');
        }

        return items;
    }

    // One that cannot be read is passed over, so that it alone is lost.
    private PythonValue ReadItem(char close)
    {
        var start = Position;
        var depth = Depth;
        try
        {
            var value = ReadValue();
            return Peek() == ',' || Peek() == close ? value : throw Error($"Expected ',' or '{close}': only literals are read, nothing is computed");
        }
        catch (DiagnosticException exception)
        {
            Position = start;
            Depth = depth;
            if (!SkipItem(close)) throw;

            return new PythonValue.Opaque(exception.Diagnostics[0], Span(start));
        }
    }

    // Goes to the comma or bracket that ends an item; false where there is none.
    private bool SkipItem(char close)
    {
        var open = 0;
        while (Position < Text.Length)
        {
            if (AtText && (Position == 0 || !IsWord(Text[Position - 1])))
            {
                var at = Position;
                PythonText.Skip(Source, ref at);
                Position = at;
                continue;
            }

            switch (Text[Position])
            {
                case ',' when open == 0:
                    return true;
                case var letter when letter == close && open == 0:
                    return true;
                case '(' or '[' or '{':
                    open++;
                    break;
                case ')' or ']' or '}':
                    if (open-- == 0) return false;

                    break;
                case '#':
                    SkipComment();
                    continue;
            }

            Position++;
        }

        return false;
    }

    // NAME(…) or NAME["key"]; null, and nothing read, where neither is here.
    private PythonValue? TryReadNamed(int start)
    {
        var word = WordHere();
        if (word.Length == 0 || word is "True" or "False" or "None" or "lambda" or "not") return null;

        Position += word.Length;
        while (Peek() == '.')
        {
            Position++;
            var part = WordHere();
            word = $"{word}.{part}";
            Position += part.Length;
        }

        switch (Peek())
        {
            case '(':
                return ReadCall(start, word);
            case '[':
                Open();
                var key = ReadValue();
                if (!TryClose(']')) throw Error("Expected ']'");

                return new PythonValue.Reference(word, key, Span(start));
            default:
                Position = start;
                return null;
        }
    }

    private PythonValue.Call ReadCall(int start, string name)
    {
        List<PythonValue> arguments = [];
        List<(string Name, PythonValue Value)> keywords = [];
        Open();
        while (!TryClose(')'))
        {
            var at = Position;
            var word = TryReadName();
            if (word is not null && TryTakeAssign())
            {
                keywords.Add((word, ReadValue()));
            }
            else
            {
                Position = at;
                arguments.Add(ReadValue());
            }

            if (!TryTake(',') && Peek() != ')') throw Error("Expected ',' or ')': only literals are read, nothing is computed");
        }

        return new PythonValue.Call(name, arguments, keywords, Span(start));
    }

    private PythonValue ReadBraces(int start)
    {
        List<(PythonValue Key, PythonValue Value)> entries = [];
        List<PythonValue> items = [];
        Open();
        while (!TryClose('}'))
        {
            var key = ReadValue();
            if (TryTake(':')) entries.Add((key, ReadItem('}')));
            else items.Add(key);

            if (!TryTake(',') && Peek() != '}') throw Error("Expected ',' or '}': only literals are read, nothing is computed");
        }

        return items.Count > 0 && entries.Count > 0 ? throw Error("A dictionary has a value for every key")
            : items.Count > 0 ? new PythonValue.Sequence(items, Span(start))
            : new PythonValue.Dictionary(entries, Span(start));
    }

    private PythonValue.Atom ReadAtom(int start)
    {
        var at = Position + (Peek() is '-' or '+' ? 1 : 0);
        while (at < Text.Length && (char.IsLetterOrDigit(Text[at]) || Text[at] is '_' or '.')) at++;

        var word = Text[start..at];
        if (word is not ("True" or "False" or "None") && !word.Any(char.IsAsciiDigit) || word.Length == 0 || char.IsAsciiLetter(word[0]) && word is not ("True" or "False" or "None"))
            throw Error(word.Length == 0 ? "Expected a literal" : $"Expected a literal, found '{word}': only literals are read, nothing is computed");

        Position = at;
        return new PythonValue.Atom(word, Span(start));
    }

    private void Open()
    {
        Position++;
        SkipBlank(lines: true);
    }

    private bool TryClose(char close)
    {
        if (Position >= Text.Length) throw Error($"The file ends before the '{close}' that belongs here");

        if (Text[Position] != close) return false;

        Position++;
        return true;
    }
}
