namespace InstructKit.Templating.Syntax;

/// <summary>Parses a template's statements. An error ends only its tag, so one pass finds all errors.</summary>
internal sealed class StatementParser(TokenStream stream, ExpressionParser expressions, IReadOnlyList<string> blockTags)
{
    private static readonly string[] Tags =
        ["for", "if", "set", "macro", "call", "filter", "with", "block", "do", "print", "break", "continue", "autoescape", "raw"];

    private static readonly string[] LeftOut = ["include", "import", "from", "extends"];

    private static readonly Expression.Constant Nothing = new(default, Value.None);

    private readonly HashSet<string> _blocks = new(StringComparer.Ordinal);
    private readonly Stack<(string Tag, SourceRange Range, string[] Ends)> _open = new();
    private readonly List<SourceRange> _assignmentsToLoop = [];
    private int _loops;

    public List<Statement> ReadAll() => ReadBody([]);

    /// <summary>Parses statements up to a tag with one of these names, which becomes the current token.</summary>
    private List<Statement> ReadBody(string[] ends)
    {
        List<Statement> body = [];
        while (stream.Current.Kind != TokenKind.End)
        {
            var token = stream.Next();
            stream.TagStart = token.Range.Offset;
            switch (token.Kind)
            {
                case TokenKind.Text: body.Add(new Statement.Text(token.Range, token.Text)); break;
                case TokenKind.OutputBegin: ReadOutput(token.Range, body); break;
                default:
                    if (stream.Current.Kind == TokenKind.Name && ends.Contains(stream.Current.Text, StringComparer.Ordinal)) return body;
                    ReadTag(token.Range, body);
                    break;
            }
        }

        if (ends.Length > 0)
        {
            var (tag, range, _) = _open.Peek();
            stream.TagStart = range.Offset;
            stream.Report(new SyntaxException(TemplateCodes.UnexpectedEnd, $"the '{tag}' tag is never closed; expected {Wanted(ends)}", range));
        }

        return body;
    }

    private void ReadOutput(SourceRange start, List<Statement> body)
    {
        var value = stream.Guarded<Expression?>(() => ExpectEnd(expressions.ReadTuple(), TokenKind.OutputEnd), null);
        if (value is not null) body.Add(new Statement.Output(start.To(stream.Current.Range), value));
        if (stream.Current.Kind == TokenKind.OutputEnd) stream.Next();
    }

    private T ExpectEnd<T>(T value, TokenKind end)
    {
        if (stream.Current.Kind != end) throw stream.Unexpected(end == TokenKind.TagEnd ? "'%}'" : "'}}'");
        return value;
    }

    private void ReadTag(SourceRange start, List<Statement> body)
    {
        var name = stream.Guarded<Token?>(() => stream.ExpectName(), null);
        if (name is { } tag) stream.Guarded(() => ReadStatement(tag, start, body));
        if (stream.Current.Kind is TokenKind.TagEnd or TokenKind.OutputEnd) stream.Next();
    }

    private void ReadStatement(Token tag, SourceRange start, List<Statement> body)
    {
        switch (tag.Text)
        {
            case "if": body.Add(ReadIf(tag, start)); break;
            case "for": body.Add(ReadFor(tag, start)); break;
            case "set": body.Add(ReadSet(tag, start)); break;
            case "macro": body.Add(ReadMacro(tag, start)); break;
            case "call": body.Add(ReadCall(tag, start)); break;
            case "filter": body.Add(ReadFilter(tag, start)); break;
            case "with": body.Add(ReadWith(tag, start)); break;
            case "block": body.Add(ReadBlock(tag, start)); break;
            case var name when blockTags.Contains(name, StringComparer.Ordinal): body.Add(new Statement.Scope(start, InFunction(() => ReadBlockBody(tag, "end" + name)))); break;
            case "do": body.Add(new Statement.Do(start, expressions.ReadTuple())); break;
            case "autoescape": body.Add(new Statement.Autoescape(start, expressions.Read(), ReadBlockBody(tag, "endautoescape"))); break;
            case "print": ReadPrint(start, body); break;
            case "break" or "continue": body.Add(ReadJump(tag)); break;
            case var name when LeftOut.Contains(name, StringComparer.Ordinal): body.Add(ReadUnsupported(tag)); break;
            default: throw Unknown(tag);
        }

        ExpectEnd(tag, TokenKind.TagEnd);
    }

    // Inside an if it is an error only when reached, as in Jinja2.
    private Statement.Unsupported ReadUnsupported(Token tag)
    {
        if (!_open.Any(open => open.Tag == "if")) throw new SyntaxException(TemplateCodes.LeftOut, Statement.Unsupported.Message(tag.Text), tag.Range);
        stream.SkipToTagEnd();
        return new Statement.Unsupported(tag.Range, tag.Text);
    }

    private SyntaxException Unknown(Token tag)
    {
        var ends = _open.Count > 0 ? _open.Peek().Ends : [];
        var wanted = ends.Length > 0 ? $"; the open '{_open.Peek().Tag}' tag expects {Wanted(ends)}" : string.Empty;
        return new SyntaxException(TemplateCodes.UnknownTag, $"unknown tag '{tag.Text}'{wanted}", tag.Range, EndsSomething(tag.Text) ? null : NearestName.Hint(tag.Text, [.. Tags, .. blockTags, .. ends]));
    }

    private static bool EndsSomething(string tag) => tag is "else" or "elif" || (tag.StartsWith("end", StringComparison.Ordinal) && Tags.Contains(tag[3..], StringComparer.Ordinal));

    private static string Wanted(string[] ends) => string.Join(" or ", ends.Select(end => $"'{end}'"));

    /// <summary>Parses the body of a tag up to one of its end tags, whose name is consumed and returned; empty at the end of the template.</summary>
    private (List<Statement> Body, string End) ReadBlockBody(Token tag, params string[] ends)
    {
        stream.Skip(":");
        if (stream.Current.Kind == TokenKind.TagEnd) stream.Next();
        else
        {
            stream.Report(stream.Unexpected("'%}'"));
            stream.SkipToTagEnd();
            if (stream.Current.Kind != TokenKind.End) stream.Next();
        }

        stream.Enter(tag.Range);
        _open.Push((tag.Text, tag.Range, ends));
        var body = ReadBody(ends);
        _open.Pop();
        stream.Leave();
        return (body, stream.Current.Kind == TokenKind.End ? string.Empty : stream.Next().Text);
    }

    private List<Statement> ReadBlockBody(Token tag, string end) => ReadBlockBody(tag, [end]).Body;

    /// <summary>A body that cannot jump out of the loop around it.</summary>
    private List<Statement> InFunction(Func<List<Statement>> read)
    {
        var loops = _loops;
        _loops = 0;
        var body = read();
        _loops = loops;
        return body;
    }

    private Statement.If ReadIf(Token tag, SourceRange start)
    {
        List<(Expression, IReadOnlyList<Statement>)> branches = [];
        IReadOnlyList<Statement> otherwise = [];
        while (true)
        {
            var test = stream.Guarded(() => expressions.ReadTuple(withConditional: false), Nothing);
            var (body, end) = ReadBlockBody(tag, "elif", "else", "endif");
            branches.Add((test, body));
            if (end == "elif") continue;
            if (end == "else") otherwise = ReadBlockBody(tag, "endif");
            return new Statement.If(start, branches, otherwise);
        }
    }

    private Statement.For ReadFor(Token tag, SourceRange start)
    {
        Expression? filter = null;
        var isRecursive = false;
        var (target, items) = stream.Guarded(
            () =>
            {
                var target = expressions.ReadTarget();
                stream.ExpectName("in");
                var items = expressions.ReadTuple(withConditional: false);
                if (stream.SkipName("if")) filter = expressions.Read();
                isRecursive = stream.SkipName("recursive");
                return (target, items);
            },
            (new Expression.Name(tag.Range, "_"), Nothing));
        var assigned = _assignmentsToLoop.Count;
        if (MentionsLoop(target)) _assignmentsToLoop.Add(target.Range);
        var mentions = expressions.LoopMentions;
        _loops++;
        var (body, end) = ReadBlockBody(tag, "endfor", "else");
        _loops--;
        var usesLoop = isRecursive || expressions.LoopMentions != mentions;
        IReadOnlyList<Statement> otherwise = end == "else" ? ReadBlockBody(tag, "endfor") : [];
        foreach (var range in _assignmentsToLoop[assigned..]) stream.Report(new SyntaxException(TemplateCodes.Misplaced, "nothing inside a loop can assign to 'loop'", range));
        _assignmentsToLoop.RemoveRange(assigned, _assignmentsToLoop.Count - assigned);
        return new Statement.For(start, target, items, filter, body, otherwise, isRecursive, usesLoop);
    }

    private static bool MentionsLoop(Expression target) => target switch
    {
        Expression.Name name => name.Text == "loop",
        Expression.Sequence sequence => sequence.Items.Any(MentionsLoop),
        _ => false,
    };

    private Statement ReadSet(Token tag, SourceRange start)
    {
        var target = expressions.ReadTarget(withAttribute: true);
        if (MentionsLoop(target)) _assignmentsToLoop.Add(target.Range);
        if (stream.Skip("=")) return new Statement.Set(start, target, expressions.ReadTuple());
        var filter = (Expression.Filter?)expressions.ReadFilters(null);
        return new Statement.SetBlock(start, target, filter, ReadBlockBody(tag, "endset"));
    }

    private Statement.Macro ReadMacro(Token tag, SourceRange start)
    {
        var name = stream.Guarded(expressions.ReadName, new Expression.Name(tag.Range, "_"));
        var (parameters, defaults) = stream.Guarded(ReadSignature, ([], []));
        return ReadMacroBody(tag, start, name.Text, parameters, defaults, "endmacro");
    }

    private Statement.Macro ReadMacroBody(Token tag, SourceRange start, string name, List<Expression.Name> parameters, List<Expression> defaults, string end)
    {
        var before = expressions.MacroMentions;
        expressions.MacroMentions = MacroNames.None;
        var body = InFunction(() => ReadBlockBody(tag, end));
        var uses = expressions.MacroMentions;
        expressions.MacroMentions |= before;
        var caller = parameters.FindIndex(parameter => parameter.Text == "caller");
        if (uses.HasFlag(MacroNames.Caller) && caller >= 0 && caller < parameters.Count - defaults.Count)
            stream.Report(new SyntaxException(TemplateCodes.Misplaced, "the parameter 'caller' must be left out or have a default", parameters[caller].Range));

        return new Statement.Macro(start, name, parameters, defaults, body, uses);
    }

    private (List<Expression.Name> Parameters, List<Expression> Defaults) ReadSignature()
    {
        List<Expression.Name> parameters = [];
        List<Expression> defaults = [];
        stream.Expect("(");
        while (!stream.Current.Is(")"))
        {
            if (parameters.Count > 0) stream.Expect(",");
            var name = expressions.ReadName();
            if (parameters.Exists(known => known.Text == name.Text)) throw new SyntaxException(TemplateCodes.UnexpectedToken, $"two parameters are named '{name.Text}'", name.Range);
            if (stream.Skip("=")) defaults.Add(expressions.Read());
            else if (defaults.Count > 0)
            {
                throw new SyntaxException(TemplateCodes.UnexpectedToken, "a parameter without a default cannot follow one with a default", name.Range);
            }

            parameters.Add(name);
        }

        stream.Next();
        return (parameters, defaults);
    }

    private Statement.CallBlock ReadCall(Token tag, SourceRange start)
    {
        List<Expression.Name> parameters = [];
        List<Expression> defaults = [];
        var call = stream.Guarded(
            () =>
            {
                if (stream.Current.Is("(")) (parameters, defaults) = ReadSignature();
                var value = expressions.Read();
                return value as Expression.Call ?? throw new SyntaxException(TemplateCodes.UnexpectedToken, "expected a call", value.Range);
            },
            new Expression.Call(tag.Range, Nothing, CallArguments.None));
        return new Statement.CallBlock(start, call, ReadMacroBody(tag, start, "caller", parameters, defaults, "endcall"));
    }

    private Statement.FilterBlock ReadFilter(Token tag, SourceRange start)
    {
        var filter = stream.Guarded(
            () => (Expression.Filter)expressions.ReadFilters(null, startInline: true)!, // inline start: at least one
            new Expression.Filter(tag.Range, null, "string", CallArguments.None));
        return new Statement.FilterBlock(start, filter, ReadBlockBody(tag, "endfilter"));
    }

    private Statement.With ReadWith(Token tag, SourceRange start)
    {
        List<Expression> targets = [];
        List<Expression> values = [];
        stream.Guarded(() =>
        {
            while (stream.Current.Kind is not (TokenKind.TagEnd or TokenKind.End))
            {
                if (targets.Count > 0) stream.Expect(",");
                var target = expressions.ReadTarget();
                stream.Expect("=");
                values.Add(expressions.Read());
                targets.Add(target);
            }
        });
        return new Statement.With(start, targets, values, ReadBlockBody(tag, "endwith"));
    }

    private Statement.Block ReadBlock(Token tag, SourceRange start)
    {
        var name = stream.ExpectName();
        if (!_blocks.Add(name.Text)) throw new SyntaxException(TemplateCodes.Misplaced, $"the block '{name.Text}' is defined twice", name.Range);
        var isScoped = stream.SkipName("scoped");
        var isRequired = stream.SkipName("required");
        var body = InFunction(() => ReadBlockBody(tag, "endblock"));
        if (isRequired && !body.TrueForAll(static part => part is Statement.Text text && string.IsNullOrWhiteSpace(text.Content)))
            stream.Report(new SyntaxException(TemplateCodes.Misplaced, "a required block can only contain comments or whitespace", name.Range));

        stream.SkipName(name.Text);
        return new Statement.Block(start, name.Text, isScoped, isRequired, body);
    }

    private void ReadPrint(SourceRange start, List<Statement> body)
    {
        for (var first = true; stream.Current.Kind != TokenKind.TagEnd; first = false)
        {
            if (!first) stream.Expect(",");
            body.Add(new Statement.Output(start, expressions.Read()));
        }
    }

    private Statement.Jump ReadJump(Token tag)
    {
        if (_loops == 0) throw new SyntaxException(TemplateCodes.Misplaced, $"'{tag.Text}' outside of a loop", tag.Range);
        return new Statement.Jump(tag.Range, tag.Text == "break");
    }
}
