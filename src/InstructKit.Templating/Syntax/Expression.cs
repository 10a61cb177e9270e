namespace InstructKit.Templating.Syntax;

/// <summary>An expression as written.</summary>
/// <param name="Range">Its position in the source.</param>
internal abstract record Expression(SourceRange Range)
{
    /// <summary>Nesting below this node.</summary>
    public int Depth { get; init; }

    internal sealed record Constant(SourceRange Range, Value Value) : Expression(Range);

    internal sealed record Name(SourceRange Range, string Text) : Expression(Range);

    internal sealed record Member(SourceRange Range, Expression Target, string Text) : Expression(Range);

    internal sealed record Item(SourceRange Range, Expression Target, Expression Index) : Expression(Range);

    internal sealed record Slice(SourceRange Range, Expression? Start, Expression? Stop, Expression? Step) : Expression(Range);

    internal sealed record Sequence(SourceRange Range, bool IsTuple, IReadOnlyList<Expression> Items) : Expression(Range);

    internal sealed record Mapping(SourceRange Range, IReadOnlyList<(Expression Key, Expression Value)> Pairs) : Expression(Range);

    internal sealed record Unary(SourceRange Range, char Sign, Expression Operand) : Expression(Range);

    internal sealed record Not(SourceRange Range, Expression Operand) : Expression(Range);

    internal sealed record Binary(SourceRange Range, string Sign, Expression Left, Expression Right) : Expression(Range);

    internal sealed record Logical(SourceRange Range, bool IsAnd, Expression Left, Expression Right) : Expression(Range);

    internal sealed record Compare(SourceRange Range, Expression First, IReadOnlyList<(string Sign, Expression Operand)> Rest) : Expression(Range);

    internal sealed record Concat(SourceRange Range, IReadOnlyList<Expression> Parts) : Expression(Range);

    internal sealed record Conditional(SourceRange Range, Expression Condition, Expression Then, Expression? Else) : Expression(Range);

    /// <summary>A filter; the target is null in a filter block, which uses its text instead.</summary>
    internal sealed record Filter(SourceRange Range, Expression? Target, string Text, CallArguments Arguments) : Expression(Range);

    internal sealed record Test(SourceRange Range, Expression Target, string Text, CallArguments Arguments) : Expression(Range);

    internal sealed record Call(SourceRange Range, Expression Target, CallArguments Arguments) : Expression(Range);
}

/// <summary>Arguments as written.</summary>
internal sealed record CallArguments
{
    public static CallArguments None { get; } = new();

    public IReadOnlyList<Expression> Positional { get; init; } = [];

    public IReadOnlyList<(string Name, Expression Value)> Keywords { get; init; } = [];

    /// <summary>What follows <c>*</c>.</summary>
    public Expression? Spread { get; init; }

    /// <summary>What follows <c>**</c>.</summary>
    public Expression? KeywordSpread { get; init; }

    public IEnumerable<Expression> All
    {
        get
        {
            foreach (var value in Positional) yield return value;
            foreach (var (_, value) in Keywords) yield return value;
            if (Spread is not null) yield return Spread;
            if (KeywordSpread is not null) yield return KeywordSpread;
        }
    }
}
