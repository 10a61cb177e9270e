namespace InstructKit.Templating.Syntax;

/// <summary>Finds where an expression indexes a list with a non-constant index, and under which conditions.</summary>
internal static class IndexWalk
{
    /// <summary>All such positions, outer ones first.</summary>
    /// <param name="text">Its source.</param>
    /// <param name="lists">The lists, each as written.</param>
    public static IEnumerable<(Expression Index, IReadOnlyList<(Expression Test, bool Holds)> Conditions, bool IsNamed, bool BecomesInt)> Find(Expression root, string text, IReadOnlyCollection<string> lists)
    {
        Stack<(Expression Node, IReadOnlyList<(Expression, bool)> Conditions)> open = [];
        open.Push((root, []));
        while (open.TryPop(out var next))
        {
            var (node, conditions) = next;
            if (node is Expression.Item item && IsComputed(item.Index) && ListOf(item.Target) is var list && (list is Expression.Sequence || lists.Contains(Text(list, text))))
            {
                var isNamed = list is not Expression.Sequence;
                if (item.Index is Expression.Filter { Text: "int", Target: { } made }) yield return (made, conditions, isNamed, true);

                yield return (item.Index, conditions, isNamed, false);
            }

            foreach (var (child, test, holds) in Children(node)) open.Push((child, test is null ? conditions : [.. conditions, (test, holds)]));
        }
    }

    /// <summary>True for an index that depends on the row.</summary>
    public static bool IsComputed(Expression index) => index is not (Expression.Constant or Expression.Slice or Expression.Unary { Operand: Expression.Constant });

    /// <summary>The original of a copied list.</summary>
    public static Expression ListOf(Expression target) => target is Expression.Filter { Text: "list", Target: { } list } ? ListOf(list) : target;

    private static string Text(Expression node, string text) => node is Expression.Name name ? name.Text : text.Substring(node.Range.Offset, node.Range.Length);

    // Visits parts with the condition under which they are evaluated.
    private static IEnumerable<(Expression Child, Expression? Test, bool Holds)> Children(Expression node) => node switch
    {
        Expression.Logical logical => [(logical.Left, null, true), (logical.Right, logical.Left, logical.IsAnd)],
        Expression.Conditional choice =>
        [
            (choice.Condition, null, true), (choice.Then, choice.Condition, true), .. choice.Else is null ? [] : (IEnumerable<(Expression, Expression?, bool)>)[(choice.Else, choice.Condition, false)],
        ],
        Expression.Filter { Target: { } target } => [(target, null, true)],
        Expression.Call call => [(call.Target, null, true)],
        Expression.Compare or Expression.Mapping or Expression.Slice or Expression.Test => [],
        _ => node.Children.Select(child => (child, (Expression?)null, true)),
    };
}
