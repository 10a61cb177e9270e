namespace InstructKit.Authoring.Importing.Python;

/// <summary>Finds the names that statements set or change.</summary>
internal static class PythonNames
{
    private static readonly string[] Changing = ["append", "extend", "insert", "update", "pop", "remove", "sort", "reverse", "add", "clear", "setdefault"];

    /// <summary>True for a method that mutates its object.</summary>
    public static bool IsChange(string method) => Array.IndexOf(Changing, method) >= 0;

    /// <summary>The names that statements set or change, including nested blocks.</summary>
    public static IEnumerable<string> SetBy(IEnumerable<PythonStatement> statements) => statements.SelectMany(SetBy).Distinct(StringComparer.Ordinal);

    /// <summary>True when statements change something inside a name, rather than set it.</summary>
    public static bool Changes(IEnumerable<PythonStatement> statements, string name) => statements.Any(statement => statement switch
    {
        PythonStatement.Assign assign => assign.Targets.Any(target => target is not PythonExpression.Name && RootOf(target) == name),
        PythonStatement.Augment { Target: not PythonExpression.Name } augment => RootOf(augment.Target) == name,
        PythonStatement.Evaluate { Value: PythonExpression.Call { Function: PythonExpression.Attribute method } } => IsChange(method.Id) && RootOf(method.Owner) == name,
        PythonStatement.If branch => Changes(branch.Then, name) || Changes(branch.Else, name),
        PythonStatement.For loop => Changes(loop.Body, name) || Changes(loop.Else, name),
        _ => false,
    });

    public static IEnumerable<PythonExpression?> Returns(IEnumerable<PythonStatement> statements) => statements.SelectMany(statement => statement switch
    {
        PythonStatement.Return end => [end.Value],
        PythonStatement.If branch => Returns(branch.Then).Concat(Returns(branch.Else)),
        PythonStatement.For loop => Returns(loop.Body).Concat(Returns(loop.Else)),
        _ => [],
    });

    public static IEnumerable<string> In(PythonExpression target) => target switch
    {
        PythonExpression.Name name => [name.Id],
        PythonExpression.Display display => display.Items.SelectMany(In),
        PythonExpression.Starred starred => In(starred.Value),
        _ => RootOf(target) is { } root ? [root] : [],
    };

    private static IEnumerable<string> SetBy(PythonStatement statement) => statement switch
    {
        PythonStatement.Assign assign => assign.Targets.SelectMany(In),
        PythonStatement.Augment augment => In(augment.Target),
        PythonStatement.Function function => [function.Name],
        PythonStatement.Import import => import.Names.Select(name => name.As.Split(' ')[^1]),
        PythonStatement.Other other => other.Sets,
        PythonStatement.If branch => SetBy(branch.Then).Concat(SetBy(branch.Else)),
        PythonStatement.For loop => In(loop.Target).Concat(SetBy(loop.Body)).Concat(SetBy(loop.Else)),
        PythonStatement.Evaluate { Value: PythonExpression.Call { Function: PythonExpression.Attribute method } } => IsChange(method.Id) && RootOf(method.Owner) is { } root ? [root] : [],
        _ => [],
    };

    private static string? RootOf(PythonExpression expression) => expression switch
    {
        PythonExpression.Name name => name.Id,
        PythonExpression.Item item => RootOf(item.Owner),
        PythonExpression.Attribute attribute => RootOf(attribute.Owner),
        _ => null,
    };
}
