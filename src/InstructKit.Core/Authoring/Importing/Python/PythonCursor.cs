namespace InstructKit.Authoring.Importing.Python;

/// <summary>A place in a Python file, and how to get past blanks, comments and statements.</summary>
/// <param name="source">The file.</param>
internal abstract class PythonCursor(SourceText source)
{
    /// <summary>Offset of the next character.</summary>
    public int Position { get; set; }

    /// <summary>True when a string begins here.</summary>
    public bool AtText => PythonText.BeginsAt(Text, Position);

    /// <summary>The file.</summary>
    protected SourceText Source { get; } = source;

    protected string Text => Source.Text;

    /// <summary>How many brackets are open.</summary>
    protected int Depth { get; set; }

    protected void SkipLogicalLine()
    {
        var open = 0;
        while (Position < Text.Length && (open > 0 || Text[Position] != '\n'))
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
                case '(' or '[' or '{':
                    open++;
                    break;
                case ')' or ']' or '}':
                    open--;
                    break;
                case '#':
                    SkipComment();
                    continue;
                case '\\':
                    Position++;
                    break;
            }

            Position = Math.Min(Position + 1, Text.Length);
        }
    }

    protected void SkipBlank(bool lines) => Position = NextAfter(Position, lines);

    // Blanks, comments, joined lines, and line ends where they mean nothing.
    protected int NextAfter(int at, bool lines)
    {
        while (at < Text.Length)
        {
            if (Text[at] is ' ' or '\t' or '\f' or '\ufeff' || (lines && Text[at] is '\n' or '\r'))
            {
                at++;
            }
            else if (Text[at] == '#')
            {
                var end = Text.IndexOf('\n', at);
                at = end < 0 ? Text.Length : end;
            }
            else if (Text[at] == '\\' && at + 1 < Text.Length && Text[at + 1] is '\n' or '\r')
            {
                at += Text.AsSpan(at + 1).StartsWith("\r\n") ? 3 : 2;
            }
            else
            {
                break;
            }
        }

        return at;
    }

    protected void SkipComment()
    {
        var end = Text.IndexOf('\n', Position);
        Position = end < 0 ? Text.Length : end;
    }

    protected string WordHere()
    {
        var end = Position;
        while (end < Text.Length && IsWord(Text[end]) && !(end == Position && char.IsDigit(Text[end]))) end++;

        return Text[Position..end];
    }

    protected char Peek() => Position < Text.Length ? Text[Position] : '\0';

    protected SourceSpan Span(int start) => new(Source, start, Position - start);

    protected DiagnosticException Error(string message) =>
        new(new Diagnostic(ImportCodes.Unreadable, Severity.Error, $"{message}.", new SourceSpan(Source, Math.Min(Position, Text.Length), Position < Text.Length ? 1 : 0)));

    protected static bool IsWord(char letter) => char.IsLetterOrDigit(letter) || letter == '_';
}
