namespace InstructKit.Templating.Syntax;

/// <summary>The tokens of one source with a position, the errors found, and the nesting reached.</summary>
internal sealed class TokenStream(List<Token> tokens, SourceText source, List<Diagnostic> errors, int maxDepth)
{
    /// <summary>Number of errors after which parsing stops.</summary>
    private const int MaxErrors = 20;

    private int _at;
    private int _depth;

    public Token Current => tokens[_at];

    public Token Ahead => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    public SourceRange LastRange => tokens[Math.Max(0, _at - 1)].Range;

    /// <summary>Start of the tag being read; a later lexer error in it makes further parser errors noise.</summary>
    public int TagStart { get; set; }

    public Token Next()
    {
        var token = tokens[_at];
        if (_at < tokens.Count - 1) _at++;
        return token;
    }

    public bool Skip(string operatorText)
    {
        if (!Current.Is(operatorText)) return false;
        Next();
        return true;
    }

    public bool SkipName(string name)
    {
        if (!Current.IsName(name)) return false;
        Next();
        return true;
    }

    public void Expect(string operatorText)
    {
        if (!Skip(operatorText)) throw Unexpected($"'{operatorText}'");
    }

    public void ExpectName(string name)
    {
        if (!SkipName(name)) throw Unexpected($"'{name}'");
    }

    public Token ExpectName() => Current.Kind == TokenKind.Name ? Next() : throw Unexpected("a name");

    public SyntaxException Unexpected(string wanted)
    {
        var code = Current.Kind == TokenKind.End ? TemplateCodes.UnexpectedEnd : TemplateCodes.UnexpectedToken;
        return new SyntaxException(code, $"expected {wanted}, found {Current.Described}", Current.Range);
    }

    public void Enter(SourceRange range)
    {
        if (++_depth > maxDepth) throw TooDeep(range);
    }

    public void Leave() => _depth--;

    /// <summary>The node, with its depth above its children; fails if that is too deep.</summary>
    public T Nest<T>(T node)
        where T : Expression
    {
        node.Depth = 1 + node.Children.Select(child => child.Depth).DefaultIfEmpty().Max();
        return node.Depth > maxDepth ? throw TooDeep(node.Range) : node;
    }

    public void Report(SyntaxException error)
    {
        if (errors.Count >= MaxErrors || errors.Exists(known => known.Code == TemplateCodes.ParseDepthLimit)) return;
        foreach (var known in errors)
        {
            if (known.Span is { } span && span.Offset >= TagStart && span.Offset <= error.Range.End) return;
        }

        if (error.Code == TemplateCodes.ParseDepthLimit || errors.Count >= MaxErrors - 1) _at = tokens.Count - 1;
        errors.Add(new Diagnostic(error.Code, Severity.Error, error.Hint is null ? error.Message : error.Message + ".", new SourceSpan(source, error.Range.Offset, error.Range.Length)) { Hint = error.Hint });
    }

    /// <summary>Parses a part of a tag; when that fails, the error is recorded and the rest of the tag skipped.</summary>
    public T Guarded<T>(Func<T> read, T otherwise)
    {
        var depth = _depth;
        try
        {
            return read();
        }
        catch (SyntaxException error)
        {
            Report(error);
            _depth = depth;
            SkipToTagEnd();
            return otherwise;
        }
    }

    public void Guarded(Action read) => Guarded<object?>(
        () =>
        {
            read();
            return null;
        },
        null);

    public void SkipToTagEnd()
    {
        while (Current.Kind is not (TokenKind.TagEnd or TokenKind.OutputEnd or TokenKind.End)) Next();
    }

    private SyntaxException TooDeep(SourceRange range) => new(TemplateCodes.ParseDepthLimit, $"nested more than {maxDepth} deep (limit: parse depth)", range);
}

/// <summary>One token of a template.</summary>
/// <param name="Text">Its text: a name, an operator, literal template text, the inside of a string literal with its escapes.</param>
/// <param name="Range">Its position in the source.</param>
internal readonly record struct Token(TokenKind Kind, string Text, SourceRange Range)
{
    public bool Is(string operatorText) => Kind == TokenKind.Operator && Text == operatorText;

    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    /// <summary>Its description in messages.</summary>
    public string Described => Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.OutputEnd => "'}}'",
        TokenKind.TagEnd => "'%}'",
        TokenKind.OutputBegin => "'{{'",
        TokenKind.TagBegin => "'{%'",
        TokenKind.Text => "text",
        TokenKind.String => $"the text '{Text}'",
        _ => $"'{Text}'",
    };
}

/// <summary>The kind of a token.</summary>
internal enum TokenKind
{
    End,
    Text,
    OutputBegin,
    OutputEnd,
    TagBegin,
    TagEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
}

/// <summary>A syntax error, thrown to where parsing can resume.</summary>
internal sealed class SyntaxException(string code, string message, SourceRange range, string? hint = null) : Exception(message)
{
    public string Code { get; } = code;

    public SourceRange Range { get; } = range;

    public string? Hint { get; } = hint;
}
