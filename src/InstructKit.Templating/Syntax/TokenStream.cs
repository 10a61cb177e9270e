using InstructKit.Diagnostics;

namespace InstructKit.Templating.Syntax;

/// <summary>The tokens of one source with a position, the errors found, and the nesting reached.</summary>
internal sealed class TokenStream(List<Token> tokens, SourceText source, List<Diagnostic> errors, int maxDepth)
{
    /// <summary>After so many errors reading stops.</summary>
    private const int MaxErrors = 20;

    private int _at;
    private int _depth;

    public Token Current => tokens[_at];

    public Token Ahead => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    public Place LastPlace => tokens[Math.Max(0, _at - 1)].Place;

    /// <summary>Start of the tag being read; an error of the lexer after it makes later ones of the parser noise.</summary>
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
        return new SyntaxException(code, $"expected {wanted}, found {Current.Described}", Current.Place);
    }

    public void Enter(Place place)
    {
        if (++_depth > maxDepth) throw TooDeep(place);
    }

    public void Leave() => _depth--;

    /// <summary>Depth of a node above these; fails when it is too much.</summary>
    public int Above(Place place, params ReadOnlySpan<Expression?> children)
    {
        var depth = 0;
        foreach (var child in children) depth = Math.Max(depth, child?.Depth ?? 0);
        return depth + 1 > maxDepth ? throw TooDeep(place) : depth + 1;
    }

    public int Above(Place place, IEnumerable<Expression> children)
    {
        var depth = 0;
        foreach (var child in children) depth = Math.Max(depth, child.Depth);
        return depth + 1 > maxDepth ? throw TooDeep(place) : depth + 1;
    }

    public void Report(SyntaxException fault)
    {
        if (errors.Count >= MaxErrors || errors.Exists(known => known.Code == TemplateCodes.ParseDepthLimit)) return;
        foreach (var known in errors)
        {
            if (known.Span is { } span && span.Offset >= TagStart && span.Offset <= fault.Place.End) return;
        }

        if (fault.Code == TemplateCodes.ParseDepthLimit || errors.Count >= MaxErrors - 1) _at = tokens.Count - 1;
        errors.Add(new Diagnostic(fault.Code, Severity.Error, fault.Hint is null ? fault.Message : fault.Message + ".", new SourceSpan(source, fault.Place.Offset, fault.Place.Length)) { Hint = fault.Hint });
    }

    /// <summary>Runs a part of a tag; when it fails, the error is noted and the rest of the tag skipped.</summary>
    public T Guarded<T>(Func<T> read, T otherwise)
    {
        var depth = _depth;
        try
        {
            return read();
        }
        catch (SyntaxException fault)
        {
            Report(fault);
            _depth = depth;
            SkipToTagEnd();
            return otherwise;
        }
    }

    public void SkipToTagEnd()
    {
        while (Current.Kind is not (TokenKind.TagEnd or TokenKind.OutputEnd or TokenKind.End)) Next();
    }

    private SyntaxException TooDeep(Place place) =>
        new(TemplateCodes.ParseDepthLimit, $"nested more than {maxDepth} deep (limit: parse depth)", place);
}
