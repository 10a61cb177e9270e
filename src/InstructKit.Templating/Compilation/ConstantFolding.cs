using InstructKit.Templating.Syntax;

namespace InstructKit.Templating.Compilation;

/// <summary>Knows which expressions Jinja2 computes at compile time (<c>as_const</c> in its nodes.py): what it makes of them then differs from what they would
/// be while the template runs, where safe texts and escaping are concerned.</summary>
/// <param name="truth">Whether a computed expression is true; null when it fails.</param>
internal sealed class ConstantFolding(Func<Expression, bool?> truth)
{
    // Those that are given the variables of the template, and so run with it.
    private static readonly HashSet<string> RunTimeFilters = ["map", "select", "reject", "selectattr", "rejectattr", "random"];

    /// <summary>True for an expression that is computed at compile time.</summary>
    /// <param name="expression">The expression; null for one that is left out.</param>
    /// <param name="isVolatile">Within a tag that decides at run time whether HTML is escaped: filters and tests wait for it.</param>
    public bool IsFolded(Expression? expression, bool isVolatile) => expression switch
    {
        null => true,
        Expression.Name or Expression.Call or Expression.Filter { Target: null } => false,
        Expression.Filter or Expression.Test when isVolatile => false,
        Expression.Filter filter when RunTimeFilters.Contains(filter.Text) => false,
        Expression.Logical logical => IsFolded(logical.Left, isVolatile) && (truth(logical.Left) == !logical.IsAnd || IsFolded(logical.Right, isVolatile)),
        Expression.Conditional choice => IsFolded(choice.Condition, isVolatile) && truth(choice.Condition) switch
        {
            true => IsFolded(choice.Then, isVolatile),
            false => choice.Else is not null && IsFolded(choice.Else, isVolatile),
            null => false,
        },
        _ => expression.Children.All(child => IsFolded(child, isVolatile)),
    };
}
