namespace InstructKit.Templating.Syntax;

/// <summary>A statement as written.</summary>
/// <param name="Place">Where it stands: its tag.</param>
internal abstract record Statement(Place Place)
{
    internal sealed record Text(Place Place, string Content) : Statement(Place);

    internal sealed record Output(Place Place, Expression Value) : Statement(Place);

    internal sealed record If(Place Place, IReadOnlyList<(Expression Test, IReadOnlyList<Statement> Body)> Branches, IReadOnlyList<Statement> Else)
        : Statement(Place);

    internal sealed record For(
        Place Place,
        Expression Target,
        Expression Items,
        Expression? Filter,
        IReadOnlyList<Statement> Body,
        IReadOnlyList<Statement> Else,
        bool IsRecursive,
        bool UsesLoop) : Statement(Place);

    internal sealed record Set(Place Place, Expression Target, Expression Value) : Statement(Place);

    internal sealed record SetBlock(Place Place, Expression Target, Expression.Filter? Filter, IReadOnlyList<Statement> Body) : Statement(Place);

    internal sealed record Macro(
        Place Place, string Name, IReadOnlyList<Expression.Name> Parameters, IReadOnlyList<Expression> Defaults, IReadOnlyList<Statement> Body, MacroNames Uses)
        : Statement(Place);

    internal sealed record CallBlock(Place Place, Expression.Call Call, Macro Caller) : Statement(Place);

    internal sealed record FilterBlock(Place Place, Expression.Filter Filter, IReadOnlyList<Statement> Body) : Statement(Place);

    internal sealed record With(Place Place, IReadOnlyList<Expression> Targets, IReadOnlyList<Expression> Values, IReadOnlyList<Statement> Body)
        : Statement(Place);

    /// <summary>A named block or a generation tag: text with variables of its own.</summary>
    internal sealed record Scope(Place Place, IReadOnlyList<Statement> Body) : Statement(Place);

    internal sealed record Do(Place Place, Expression Value) : Statement(Place);

    internal sealed record Jump(Place Place, bool IsBreak) : Statement(Place);
}
