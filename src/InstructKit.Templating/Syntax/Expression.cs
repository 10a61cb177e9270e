using InstructKit.Templating.Values;

namespace InstructKit.Templating.Syntax;

/// <summary>An expression as written.</summary>
/// <param name="Place">Where it stands.</param>
internal abstract record Expression(Place Place)
{
    /// <summary>Nesting below this node.</summary>
    public int Depth { get; init; }

    internal sealed record Constant(Place Place, Value Value) : Expression(Place);

    internal sealed record Name(Place Place, string Text) : Expression(Place);

    internal sealed record Member(Place Place, Expression Target, string Text) : Expression(Place);

    internal sealed record Item(Place Place, Expression Target, Expression Index) : Expression(Place);

    internal sealed record Slice(Place Place, Expression? Start, Expression? Stop, Expression? Step) : Expression(Place);

    internal sealed record Sequence(Place Place, bool IsTuple, IReadOnlyList<Expression> Items) : Expression(Place);

    internal sealed record Mapping(Place Place, IReadOnlyList<(Expression Key, Expression Value)> Pairs) : Expression(Place);

    internal sealed record Unary(Place Place, char Sign, Expression Operand) : Expression(Place);

    internal sealed record Not(Place Place, Expression Operand) : Expression(Place);

    internal sealed record Binary(Place Place, string Sign, Expression Left, Expression Right) : Expression(Place);

    internal sealed record Logical(Place Place, bool IsAnd, Expression Left, Expression Right) : Expression(Place);

    internal sealed record Compare(Place Place, Expression First, IReadOnlyList<(string Sign, Expression Operand)> Rest) : Expression(Place);

    internal sealed record Concat(Place Place, IReadOnlyList<Expression> Parts) : Expression(Place);

    internal sealed record Conditional(Place Place, Expression Condition, Expression Then, Expression? Else) : Expression(Place);

    /// <summary>A filter; the target is missing in a filter block, whose text takes its place.</summary>
    internal sealed record Filter(Place Place, Expression? Target, string Text, CallArguments Arguments) : Expression(Place);

    internal sealed record Test(Place Place, Expression Target, string Text, CallArguments Arguments) : Expression(Place);

    internal sealed record Call(Place Place, Expression Target, CallArguments Arguments) : Expression(Place);
}
