using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;

namespace InstructKit.Tests.Templating;

/// <summary>Writes a syntax tree with parentheses around everything that has an operator, so that nothing is left to precedence.</summary>
internal static class ExpressionPrinter
{
    /// <summary>Stands for a name that is spelt <c>not</c>.</summary>
    public const string NotAsName = "<not>";

    public static string Print(Expression expression) => expression switch
    {
        Expression.Name { Text: "not" } => NotAsName,
        Expression.Constant constant => PrintConstant(constant.Value),
        Expression.Name name => name.Text,
        Expression.Member member => $"{Print(member.Target)}.{member.Text}",
        Expression.Item { Index: Expression.Slice slice } item => $"{Print(item.Target)}[{Part(slice.Start)}:{Part(slice.Stop)}:{Part(slice.Step)}]",
        Expression.Item item => $"{Print(item.Target)}[{Print(item.Index)}]",
        Expression.Sequence { IsTuple: true } tuple => $"({string.Concat(tuple.Items.Select(one => Print(one) + ", "))})",
        Expression.Sequence list => $"[{string.Join(", ", list.Items.Select(Print))}]",
        Expression.Mapping mapping => $"{{{string.Join(", ", mapping.Pairs.Select(pair => $"{Print(pair.Key)}: {Print(pair.Value)}"))}}}",
        Expression.Unary unary => $"({unary.Sign} {Print(unary.Operand)})",
        Expression.Not not => $"(not {Print(not.Operand)})",
        Expression.Binary binary => $"({Print(binary.Left)} {binary.Sign} {Print(binary.Right)})",
        Expression.Logical logical => $"({Print(logical.Left)} {(logical.IsAnd ? "and" : "or")} {Print(logical.Right)})",
        Expression.Compare compare => $"({Print(compare.First)}{string.Concat(compare.Rest.Select(rest => $" {rest.Sign} {Print(rest.Operand)}"))})",
        Expression.Concat concat => $"({string.Join(" ~ ", concat.Parts.Select(Print))})",
        Expression.Conditional conditional => $"({Print(conditional.Then)} if {Print(conditional.Condition)}{(conditional.Else is null ? string.Empty : $" else {Print(conditional.Else)}")})",
        Expression.Filter filter => $"({Print(filter.Target!)} | {filter.Text}({Print(filter.Arguments)}))", // only a filter block's has no target
        Expression.Test test => $"({Print(test.Target)} is {test.Text}({Print(test.Arguments)}))",
        Expression.Call call => $"{Print(call.Target)}({Print(call.Arguments)})",
        _ => throw new InvalidOperationException($"no such expression: {expression.GetType().Name}"),
    };

    public static string Print(CallArguments arguments) => string.Join(
        ", ",
        arguments.Values.SkipLast(arguments.Names.Count).Select(Print)
            .Concat(arguments.Spread is { } spread ? [$"*{Print(spread)}"] : [])
            .Concat(arguments.Names.Zip(arguments.Values.TakeLast(arguments.Names.Count), (name, value) => $"{name}={Print(value)}"))
            .Concat(arguments.KeywordSpread is { } keywords ? [$"**{Print(keywords)}"] : []));

    private static string Part(Expression? part) => part is null ? string.Empty : Print(part);

    private static string PrintConstant(Value value) => value.Kind switch
    {
        ValueKind.Text => $"'{value.ToString().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}'",
        ValueKind.Float when value.TryGetNumber(out var number) => number.ToString("0.0###############", CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
