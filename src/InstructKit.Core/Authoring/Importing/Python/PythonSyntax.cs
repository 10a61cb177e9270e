namespace InstructKit.Authoring.Importing.Python;

/// <summary>An expression of Python (The Python Language Reference, chapter 6).</summary>
internal abstract record PythonExpression(SourceSpan Span)
{
    public sealed record Name(string Id, SourceSpan Span) : PythonExpression(Span);

    /// <summary>A string, with all its adjacent parts and those between plus signs.</summary>
    public sealed record Text(string Content, SourceSpan Span) : PythonExpression(Span);

    /// <summary>A number, a boolean or None: long, double, bool or null.</summary>
    public sealed record Literal(object? Value, SourceSpan Span) : PythonExpression(Span);

    /// <summary>A string with expressions in it.</summary>
    public sealed record Formatted(IReadOnlyList<FormattedPart> Parts, SourceSpan Span) : PythonExpression(Span);

    /// <summary>A string that cannot be parsed.</summary>
    public sealed record Unread(Diagnostic Reason, SourceSpan Span) : PythonExpression(Span);

    /// <summary>A list, tuple or set.</summary>
    public sealed record Display(char Open, IReadOnlyList<PythonExpression> Items, SourceSpan Span) : PythonExpression(Span);

    /// <summary>A dictionary; <c>**value</c> has a starred key.</summary>
    public sealed record Mapping(IReadOnlyList<(PythonExpression Key, PythonExpression Value)> Entries, SourceSpan Span) : PythonExpression(Span);

    /// <summary>A call; an argument with an empty name is <c>**value</c>.</summary>
    public sealed record Call(PythonExpression Function, IReadOnlyList<PythonExpression> Arguments, IReadOnlyList<(string Name, PythonExpression Value)> Keywords, SourceSpan Span)
        : PythonExpression(Span)
    {
        /// <summary>The argument of a parameter; null if the call omits it.</summary>
        public PythonExpression? Argument(string name, int position) =>
            Keywords.FirstOrDefault(keyword => keyword.Name == name).Value ?? (position < Arguments.Count ? Arguments[position] : null);
    }

    public sealed record Attribute(PythonExpression Owner, string Id, SourceSpan Span) : PythonExpression(Span);

    public sealed record Item(PythonExpression Owner, PythonExpression Key, SourceSpan Span) : PythonExpression(Span);

    /// <summary>A slice between brackets.</summary>
    public sealed record Slice(PythonExpression? Start, PythonExpression? Stop, PythonExpression? Step, SourceSpan Span) : PythonExpression(Span);

    public sealed record Unary(string Operator, PythonExpression Operand, SourceSpan Span) : PythonExpression(Span);

    /// <summary>Arithmetic, <c>and</c>, <c>or</c>.</summary>
    public sealed record Binary(string Operator, PythonExpression Left, PythonExpression Right, SourceSpan Span) : PythonExpression(Span);

    /// <summary>A comparison or a chain of comparisons.</summary>
    public sealed record Comparison(PythonExpression First, IReadOnlyList<(string Operator, PythonExpression Right)> Rest, SourceSpan Span) : PythonExpression(Span);

    /// <summary><c>a if test else b</c>.</summary>
    public sealed record Conditional(PythonExpression Test, PythonExpression Then, PythonExpression Else, SourceSpan Span) : PythonExpression(Span);

    /// <summary>A lambda.</summary>
    public sealed record Lambda(IReadOnlyList<PythonParameter> Parameters, PythonExpression Body, SourceSpan Span) : PythonExpression(Span);

    /// <summary>A comprehension or generator; <paramref name="Value"/> is that of a dictionary.</summary>
    public sealed record Comprehension(char Open, PythonExpression Element, PythonExpression? Value, IReadOnlyList<PythonClause> Clauses, SourceSpan Span) : PythonExpression(Span);

    public sealed record Starred(PythonExpression Value, SourceSpan Span) : PythonExpression(Span);
}

/// <summary>Text, or an expression with its conversion and format, of a formatted string.</summary>
internal sealed record FormattedPart(string? Text, PythonExpression? Value, string? Conversion, IReadOnlyList<FormattedPart> Format);

/// <summary><c>for target in source if …</c>.</summary>
internal sealed record PythonClause(PythonExpression Target, PythonExpression Source, IReadOnlyList<PythonExpression> Conditions);

/// <summary>A parameter with its default; a star is part of the name.</summary>
internal sealed record PythonParameter(string Name, PythonExpression? Default);

/// <summary>A statement of Python, as used by functions that produce rows and prompts.</summary>
internal abstract record PythonStatement(SourceSpan Span)
{
    /// <summary><c>a = b = value</c>; also with a type annotation.</summary>
    public sealed record Assign(IReadOnlyList<PythonExpression> Targets, PythonExpression Value, SourceSpan Span) : PythonStatement(Span);

    public sealed record Augment(PythonExpression Target, string Operator, PythonExpression Value, SourceSpan Span) : PythonStatement(Span);

    public sealed record Return(PythonExpression? Value, SourceSpan Span) : PythonStatement(Span);

    /// <summary><c>if</c> with its blocks.</summary>
    public sealed record If(PythonExpression Test, IReadOnlyList<PythonStatement> Then, IReadOnlyList<PythonStatement> Else, SourceSpan Span) : PythonStatement(Span);

    public sealed record For(PythonExpression Target, PythonExpression Source, IReadOnlyList<PythonStatement> Body, IReadOnlyList<PythonStatement> Else, SourceSpan Span)
        : PythonStatement(Span);

    public sealed record Function(string Name, IReadOnlyList<PythonParameter> Parameters, IReadOnlyList<PythonStatement> Body, SourceSpan Span) : PythonStatement(Span);

    /// <summary>A call or a lone string.</summary>
    public sealed record Evaluate(PythonExpression Value, SourceSpan Span) : PythonStatement(Span);

    /// <summary>An import: names and what they refer to; just the module if there is no name.</summary>
    public sealed record Import(string Module, IReadOnlyList<(string? Name, string As)> Names, SourceSpan Span) : PythonStatement(Span);

    public sealed record Assert(PythonExpression Test, SourceSpan Span) : PythonStatement(Span);

    /// <summary><c>break</c>, <c>continue</c>, <c>pass</c> or <c>raise</c>.</summary>
    public sealed record Jump(string Word, SourceSpan Span) : PythonStatement(Span);

    /// <summary>A statement that is not translated, with the names that it may set.</summary>
    public sealed record Other(string Word, IReadOnlyList<string> Sets, SourceSpan Span) : PythonStatement(Span)
    {
        /// <summary>Why it cannot be parsed; null for a kind that is never parsed.</summary>
        public Diagnostic? Reason { get; init; }
    }
}
