namespace InstructKit.Authoring.Importing.Python;

/// <summary>Kinds of tokens.</summary>
internal enum PythonTokenKind
{
    Name,
    Number,
    Text,
    Operator,
    NewLine,
    Indent,
    Dedent,
    End,
}

/// <summary>A token.</summary>
/// <param name="Text">Name, number, operator or string literal as written.</param>
internal readonly record struct PythonToken(PythonTokenKind Kind, string Text, SourceSpan Span);

/// <summary>Splits a Python file into tokens (The Python Language Reference, chapter 2).</summary>
/// <param name="source">The file, or an expression in it.</param>
internal sealed class PythonLexer(SourceText source)
{
    private const int TabWidth = 8;

    private static readonly string[] Operators =
        ["**=", "//=", "...", ">>=", "<<=", "!=", "==", "<=", ">=", "->", ":=", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "@=", "**", "//", "<<", ">>"];

    private readonly string _text = source.Text;
    private readonly List<PythonToken> _tokens = [];
    private readonly Stack<int> _indents = new([0]);
    private int _at;
    private int _open;

    /// <summary>All tokens; the last one is the end.</summary>
    /// <exception cref="DiagnosticException">A string has no end, or there is an invalid character (IK9001).</exception>
    public IReadOnlyList<PythonToken> ReadAll()
    {
        var atLine = true;
        while (true)
        {
            if (atLine && _open == 0) ReadIndent();

            atLine = false;
            SkipBlanks();
            if (_at >= _text.Length) break;

            if (_text[_at] is '\n' or '\r')
            {
                atLine = true;
                if (_open == 0 && _tokens is [.., { Kind: not (PythonTokenKind.NewLine or PythonTokenKind.Indent or PythonTokenKind.Dedent) }]) Add(PythonTokenKind.NewLine, string.Empty, 1);
                else _at++;

                continue;
            }

            ReadToken();
        }

        if (_tokens is [.., { Kind: not PythonTokenKind.NewLine }]) Add(PythonTokenKind.NewLine, string.Empty, 0);

        for (; _indents.Count > 1; _indents.Pop()) Add(PythonTokenKind.Dedent, string.Empty, 0);

        Add(PythonTokenKind.End, string.Empty, 0);
        return _tokens;
    }

    // Only non-blank lines count.
    private void ReadIndent()
    {
        var width = 0;
        var at = _at;
        for (; at < _text.Length && _text[at] is ' ' or '\t' or '\f' or '\ufeff'; at++)
            width = _text[at] switch { '\t' => ((width / TabWidth) + 1) * TabWidth, ' ' => width + 1, _ => 0 };

        if (at >= _text.Length || _text[at] is '\n' or '\r' or '#') return;

        _at = at;
        if (width > _indents.Peek())
        {
            _indents.Push(width);
            Add(PythonTokenKind.Indent, string.Empty, 0);
        }

        while (width < _indents.Peek())
        {
            _indents.Pop();
            Add(PythonTokenKind.Dedent, string.Empty, 0);
        }
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length)
        {
            var letter = _text[_at];
            if (letter is ' ' or '\t' or '\f' or '\ufeff' || (_open > 0 && letter is '\n' or '\r')) _at++;
            else if (letter == '#') _at = _text.IndexOf('\n', _at) is var end and >= 0 ? end : _text.Length;
            else if (letter == '\\' && _at + 1 < _text.Length && _text[_at + 1] is '\n' or '\r') _at += _text.AsSpan(_at + 1).StartsWith("\r\n") ? 3 : 2;
            else break;
        }
    }

    private void ReadToken()
    {
        var letter = _text[_at];
        if (PythonText.BeginsAt(_text, _at))
        {
            var end = PythonText.EndOf(source, _at);
            Add(PythonTokenKind.Text, _text[_at..end], end - _at);
            return;
        }

        if (char.IsLetter(letter) || letter == '_')
        {
            var end = _at;
            while (end < _text.Length && (char.IsLetterOrDigit(_text[end]) || _text[end] == '_' || char.GetUnicodeCategory(_text[end]) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)) end++;

            Add(PythonTokenKind.Name, _text[_at..end], end - _at);
            return;
        }

        if (char.IsAsciiDigit(letter) || (letter == '.' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1])))
        {
            var end = _at;
            while (end < _text.Length && (char.IsAsciiLetterOrDigit(_text[end]) || _text[end] is '_' or '.' || (_text[end] is '+' or '-' && _text[end - 1] is 'e' or 'E' && _text[_at] != '0'))) end++;

            Add(PythonTokenKind.Number, _text[_at..end], end - _at);
            return;
        }

        var known = Array.Find(Operators, one => _text.AsSpan(_at).StartsWith(one)) ?? letter.ToString();
        if (known.Length == 1 && !"()[]{},:.;@=+-*/%&|^~<>".Contains(letter, StringComparison.Ordinal))
            throw PythonParser.Error("This character belongs to no statement", new SourceSpan(source, _at, 1));

        _open += known is "(" or "[" or "{" ? 1 : known is ")" or "]" or "}" && _open > 0 ? -1 : 0;
        Add(PythonTokenKind.Operator, known, known.Length);
    }

    private void Add(PythonTokenKind kind, string text, int length)
    {
        _tokens.Add(new PythonToken(kind, text, new SourceSpan(source, Math.Min(_at, _text.Length), length)));
        _at += length;
    }
}

/// <summary>A cursor over the tokens of a Python file.</summary>
/// <param name="source">The text of the tokens.</param>
internal abstract class PythonTokenReader(SourceText source)
{
    private readonly IReadOnlyList<PythonToken> _tokens = new PythonLexer(source).ReadAll();

    protected SourceText Source { get; } = source;

    /// <summary>Nesting depth of the expression.</summary>
    protected int Depth { get; set; }

    /// <summary>Index of the next token.</summary>
    protected int At { get; set; }

    /// <summary>The next token.</summary>
    protected PythonToken Peek => _tokens[At];

    /// <summary>The one after it.</summary>
    protected PythonToken Following => _tokens[Math.Min(At + 1, _tokens.Count - 1)];

    /// <summary>The one before it.</summary>
    protected PythonToken Preceding => _tokens[At - 1];

    /// <summary>An error at a position of a Python file.</summary>
    public static DiagnosticException Error(string message, SourceSpan span) => new(new Diagnostic(ImportCodes.Unreadable, Severity.Error, $"{message}.", span));

    /// <summary>Consumes an operator.</summary>
    protected bool Take(string text)
    {
        if (!IsOperator(text)) return false;

        At++;
        return true;
    }

    /// <summary>Consumes a word.</summary>
    protected bool TakeName(string text)
    {
        if (!IsName(text)) return false;

        At++;
        return true;
    }

    /// <summary>Requires an operator.</summary>
    protected void Require(string text)
    {
        if (!Take(text)) throw Expected($"'{text}'");
    }

    /// <summary>True when a word is next.</summary>
    protected bool IsName(string text) => Peek.Kind == PythonTokenKind.Name && Peek.Text == text;

    /// <summary>True when an operator is next.</summary>
    protected bool IsOperator(string text) => Peek.Kind == PythonTokenKind.Operator && Peek.Text == text;

    protected PythonToken Next() => _tokens[Math.Min(At++, _tokens.Count - 1)];

    /// <summary>An error for something missing.</summary>
    protected DiagnosticException Expected(string what) =>
        Error($"Expected {what}, found {(Peek.Kind is PythonTokenKind.Name or PythonTokenKind.Number or PythonTokenKind.Operator ? $"'{Peek.Text}'" : Peek.Kind == PythonTokenKind.Text ? "a string" : Peek.Span.Offset >= Source.Text.Length ? "the end of the file" : "the end of the line")}", Peek.Span);

    /// <summary>The range from a token up to the last one.</summary>
    protected SourceSpan SpanFrom(int token)
    {
        var start = _tokens[token].Span.Offset;
        var last = _tokens[Math.Max(token, At - 1)].Span;
        return new SourceSpan(Source, start, Math.Max(last.Offset + last.Length - start, 0));
    }
}
