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
        null or Expression.Constant => true,
        Expression.Sequence sequence => All(sequence.Items, isVolatile),
        Expression.Mapping mapping => mapping.Pairs.All(pair => IsFolded(pair.Key, isVolatile) && IsFolded(pair.Value, isVolatile)),
        Expression.Unary unary => IsFolded(unary.Operand, isVolatile),
        Expression.Not not => IsFolded(not.Operand, isVolatile),
        Expression.Binary binary => IsFolded(binary.Left, isVolatile) && IsFolded(binary.Right, isVolatile),
        Expression.Logical logical => IsFolded(logical.Left, isVolatile) && (truth(logical.Left) == !logical.IsAnd || IsFolded(logical.Right, isVolatile)),
        Expression.Compare compare => IsFolded(compare.First, isVolatile) && compare.Rest.All(pair => IsFolded(pair.Operand, isVolatile)),
        Expression.Concat concat => All(concat.Parts, isVolatile),
        Expression.Conditional conditional => IsFolded(conditional.Condition, isVolatile) && truth(conditional.Condition) switch
        {
            true => IsFolded(conditional.Then, isVolatile),
            false => conditional.Else is not null && IsFolded(conditional.Else, isVolatile),
            null => false,
        },
        Expression.Slice slice => IsFolded(slice.Start, isVolatile) && IsFolded(slice.Stop, isVolatile) && IsFolded(slice.Step, isVolatile),
        Expression.Item item => IsFolded(item.Target, isVolatile) && IsFolded(item.Index, isVolatile),
        Expression.Member member => IsFolded(member.Target, isVolatile),
        Expression.Filter filter => !isVolatile && filter.Target is not null && !RunTimeFilters.Contains(filter.Text) && IsFolded(filter.Target, false) && All(filter.Arguments),
        Expression.Test test => !isVolatile && IsFolded(test.Target, false) && All(test.Arguments),
        _ => false,
    };

    private bool All(IReadOnlyList<Expression> expressions, bool isVolatile) => expressions.All(one => IsFolded(one, isVolatile));

    private bool All(CallArguments arguments) =>
        All(arguments.Positional, false) && arguments.Keywords.All(pair => IsFolded(pair.Value, false)) && IsFolded(arguments.Spread, false) && IsFolded(arguments.KeywordSpread, false);
}
