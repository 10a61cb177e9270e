namespace InstructKit.Templating.Syntax;

/// <summary>A statement as written.</summary>
/// <param name="Range">Source range of its tag.</param>
internal abstract record Statement(SourceRange Range)
{
    internal sealed record Text(SourceRange Range, string Content) : Statement(Range);

    internal sealed record Output(SourceRange Range, Expression Value) : Statement(Range);

    internal sealed record If(SourceRange Range, IReadOnlyList<(Expression Test, IReadOnlyList<Statement> Body)> Branches, IReadOnlyList<Statement> Else)
        : Statement(Range);

    internal sealed record For(
        SourceRange Range, Expression Target, Expression Items, Expression? Filter, IReadOnlyList<Statement> Body, IReadOnlyList<Statement> Else,
        bool IsRecursive, bool UsesLoop) : Statement(Range);

    internal sealed record Set(SourceRange Range, Expression Target, Expression Value) : Statement(Range);

    internal sealed record SetBlock(SourceRange Range, Expression Target, Expression.Filter? Filter, IReadOnlyList<Statement> Body) : Statement(Range);

    internal sealed record Macro(
        SourceRange Range, string Name, IReadOnlyList<Expression.Name> Parameters, IReadOnlyList<Expression> Defaults, IReadOnlyList<Statement> Body, MacroNames Uses)
        : Statement(Range);

    internal sealed record CallBlock(SourceRange Range, Expression.Call Call, Macro Caller) : Statement(Range);

    internal sealed record FilterBlock(SourceRange Range, Expression.Filter Filter, IReadOnlyList<Statement> Body) : Statement(Range);

    internal sealed record With(SourceRange Range, IReadOnlyList<Expression> Targets, IReadOnlyList<Expression> Values, IReadOnlyList<Statement> Body)
        : Statement(Range);

    internal sealed record Block(SourceRange Range, string Name, bool IsScoped, bool IsRequired, IReadOnlyList<Statement> Body) : Statement(Range);

    internal sealed record Autoescape(SourceRange Range, Expression IsOn, IReadOnlyList<Statement> Body) : Statement(Range);

    /// <summary>A tag that needs other templates, inside an <c>if</c> that may never reach it.</summary>
    internal sealed record Unsupported(SourceRange Range, string Tag) : Statement(Range)
    {
        public static string Message(string tag) => $"the tag '{tag}' is not supported: a template is self-contained";
    }

    /// <summary>A tag of a dialect: text with its own variables.</summary>
    internal sealed record Scope(SourceRange Range, IReadOnlyList<Statement> Body) : Statement(Range);

    internal sealed record Do(SourceRange Range, Expression Value) : Statement(Range);

    internal sealed record Jump(SourceRange Range, bool IsBreak) : Statement(Range);
}

/// <summary>The special names that a macro's body uses.</summary>
[Flags]
internal enum MacroNames
{
    None = 0,
    Caller = 1,
    Varargs = 2,
    Kwargs = 4,
}
