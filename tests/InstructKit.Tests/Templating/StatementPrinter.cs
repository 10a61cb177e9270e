using InstructKit.Templating.Syntax;

namespace InstructKit.Tests.Templating;

/// <summary>Writes the statements of a template so that nothing is left to whitespace rules or precedence; properties of a tree beyond its text are in comments.</summary>
internal static class StatementPrinter
{
    public static string Print(IEnumerable<Statement> statements) => string.Concat(statements.Select(Print));

    private static string Print(Statement statement) => statement switch
    {
        Statement.Text text => $"{{% raw %}}{text.Content}{{% endraw %}}",
        Statement.Output output => $"{{{{ {ExpressionPrinter.Print(output.Value)} }}}}",
        Statement.If branches => string.Concat(branches.Branches.Select((branch, i) => $"{Tag($"{(i == 0 ? "if" : "elif")} {ExpressionPrinter.Print(branch.Test)}")}{Print(branch.Body)}"))
            + Otherwise(branches.Else) + Tag("endif"),
        Statement.For loop => Tag($"for {Target(loop.Target)} in {ExpressionPrinter.Print(loop.Items)}{Part(" if ", loop.Filter)}{(loop.IsRecursive ? " recursive" : string.Empty)}")
            + (loop.UsesLoop ? "{# uses loop #}" : string.Empty) + Print(loop.Body) + Otherwise(loop.Else) + Tag("endfor"),
        Statement.Set set => Tag($"set {Target(set.Target)} = {ExpressionPrinter.Print(set.Value)}"),
        Statement.SetBlock set => Tag($"set {Target(set.Target)}{string.Concat(Chain(set.Filter).Select(filter => " | " + filter))}") + Print(set.Body) + Tag("endset"),
        Statement.Macro macro => Tag($"macro {macro.Name}{Signature(macro)}") + Body(macro) + Tag("endmacro"),
        Statement.CallBlock call => Tag($"call{Signature(call.Caller)} {ExpressionPrinter.Print(call.Call)}") + Body(call.Caller) + Tag("endcall"),
        Statement.FilterBlock block => Tag($"filter {string.Join(" | ", Chain(block.Filter))}") + Print(block.Body) + Tag("endfilter"),
        Statement.With with => Tag($"with {string.Join(", ", with.Targets.Zip(with.Values, (target, value) => $"{Target(target)} = {ExpressionPrinter.Print(value)}"))}")
            + Print(with.Body) + Tag("endwith"),
        Statement.Scope scope => Tag("generation") + Print(scope.Body) + Tag("endgeneration"),
        Statement.Block block => Tag($"block {block.Name}{(block.IsScoped ? " scoped" : string.Empty)}{(block.IsRequired ? " required" : string.Empty)}") + Print(block.Body) + Tag("endblock"),
        Statement.Autoescape region => Tag($"autoescape {ExpressionPrinter.Print(region.IsOn)}") + Print(region.Body) + Tag("endautoescape"),
        Statement.Unsupported other => Tag(other.Tag),
        Statement.Do run => Tag($"do {ExpressionPrinter.Print(run.Value)}"),
        Statement.Jump jump => Tag(jump.IsBreak ? "break" : "continue"),
        _ => throw new InvalidOperationException($"no such statement: {statement.GetType().Name}"),
    };

    private static string Tag(string inside) => $"{{% {inside} %}}";

    private static string Otherwise(IReadOnlyList<Statement> body) => body.Count == 0 ? string.Empty : Tag("else") + Print(body);

    private static string Body(Statement.Macro macro) => $"{{# uses {macro.Uses} #}}{Print(macro.Body)}";

    private static string Part(string word, Expression? expression) => expression is null ? string.Empty : word + ExpressionPrinter.Print(expression);

    private static string Target(Expression target) => target is Expression.Sequence tuple
        ? $"({string.Concat(tuple.Items.Select(item => Target(item) + ", "))})"
        : ExpressionPrinter.Print(target);

    private static string Signature(Statement.Macro macro)
    {
        var first = macro.Parameters.Count - macro.Defaults.Count;
        return $"({string.Join(", ", macro.Parameters.Select((parameter, i) => parameter.Text + (i < first ? string.Empty : $"={ExpressionPrinter.Print(macro.Defaults[i - first])}")))})";
    }

    private static IEnumerable<string> Chain(Expression.Filter? filter) => filter is null
        ? []
        : Chain((Expression.Filter?)filter.Target).Append($"{filter.Text}({ExpressionPrinter.Print(filter.Arguments)})");
}
