namespace InstructKit.Templating.Syntax;

/// <summary>An expression as written.</summary>
/// <param name="Range">Its position in the source.</param>
internal abstract record Expression(SourceRange Range)
{
    /// <summary>Nesting below this node, as counted by <see cref="TokenStream.Nest"/>.</summary>
    public int Depth { get; set; }

    /// <summary>Its parts, in order of evaluation.</summary>
    public IEnumerable<Expression> Children => this switch
    {
        Member member => [member.Target],
        Item item => [item.Target, item.Index],
        Slice slice => new[] { slice.Start, slice.Stop, slice.Step }.OfType<Expression>(),
        Sequence sequence => sequence.Items,
        Mapping mapping => mapping.Pairs.SelectMany(pair => new[] { pair.Key, pair.Value }),
        Unary unary => [unary.Operand],
        Not not => [not.Operand],
        Binary binary => [binary.Left, binary.Right],
        Logical logical => [logical.Left, logical.Right],
        Compare compare => compare.Rest.Select(pair => pair.Operand).Prepend(compare.First),
        Concat concat => concat.Parts,
        Conditional choice => new[] { choice.Condition, choice.Then, choice.Else }.OfType<Expression>(),
        Filter filter => filter.Target is { } target ? filter.Arguments.All.Prepend(target) : filter.Arguments.All,
        Test test => test.Arguments.All.Prepend(test.Target),
        Call call => call.Arguments.All.Prepend(call.Target),
        _ => [],
    };

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
/// <param name="Values">Positional arguments, then those with a name.</param>
/// <param name="Names">Names of the last values.</param>
/// <param name="Spread">What follows <c>*</c>.</param>
/// <param name="KeywordSpread">What follows <c>**</c>.</param>
internal sealed record CallArguments(IReadOnlyList<Expression> Values, IReadOnlyList<string> Names, Expression? Spread = null, Expression? KeywordSpread = null)
{
    public static CallArguments None { get; } = new([], []);

    public int PositionalCount => Values.Count - Names.Count;

    public bool HasSpread => Spread is not null || KeywordSpread is not null;

    public IEnumerable<Expression> All => Values.Concat(new[] { Spread, KeywordSpread }.OfType<Expression>());
}
