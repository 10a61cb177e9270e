using InstructKit.Templating.Syntax;

namespace InstructKit.Templating.Compilation;

/// <summary>Knows which expressions Jinja2 evaluates at compile time (<c>as_const</c> in its nodes.py): their results can differ from those
/// at run time with regard to safe texts and escaping.</summary>
/// <param name="truth">Whether a computed expression is true; null when it fails.</param>
internal sealed class ConstantFolding(Func<Expression, bool?> truth)
{
    // Functions that receive the template's variables, and so run with it.
    private static readonly HashSet<string> RunTimeFilters = ["map", "select", "reject", "selectattr", "rejectattr", "random"];

    /// <summary>True for an expression that is evaluated at compile time.</summary>
    /// <param name="expression">The expression; null if omitted.</param>
    /// <param name="isVolatile">Whether it is inside a tag that decides at run time whether HTML is escaped: filters and tests are then not evaluated.</param>
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
