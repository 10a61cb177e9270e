namespace InstructKit.Templating.Syntax;

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
