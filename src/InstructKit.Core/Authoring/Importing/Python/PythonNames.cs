namespace InstructKit.Authoring.Importing.Python;

/// <summary>Finds the names that statements set or change.</summary>
internal static class PythonNames
{
    private static readonly string[] Changing = ["append", "extend", "insert", "update", "pop", "remove", "sort", "reverse", "add", "clear", "setdefault"];

    /// <summary>True for a method that mutates its object.</summary>
    public static bool IsChange(string method) => Array.IndexOf(Changing, method) >= 0;

    /// <summary>The names that statements set or change, including nested blocks.</summary>
    public static IEnumerable<string> SetBy(IEnumerable<PythonStatement> statements) => All(statements).SelectMany(SetBy).Distinct(StringComparer.Ordinal);

    /// <summary>True when statements change something inside a name, rather than set it.</summary>
    public static bool Changes(IEnumerable<PythonStatement> statements, string name) => All(statements).Any(statement => statement switch
    {
        PythonStatement.Assign assign => assign.Targets.Any(target => target is not PythonExpression.Name && RootOf(target) == name),
        PythonStatement.Augment { Target: not PythonExpression.Name } augment => RootOf(augment.Target) == name,
        _ => ChangedBy(statement) == name,
    });

    /// <summary>The values of return statements, including nested blocks.</summary>
    public static IEnumerable<PythonExpression?> Returns(IEnumerable<PythonStatement> statements) => All(statements).OfType<PythonStatement.Return>().Select(end => end.Value);

    public static IEnumerable<string> In(PythonExpression target) => target switch
    {
        PythonExpression.Name name => [name.Id],
        PythonExpression.Display display => display.Items.SelectMany(In),
        PythonExpression.Starred starred => In(starred.Value),
        _ => RootOf(target) is { } root ? [root] : [],
    };

    // Statements including those in their blocks; a function counts as one.
    private static IEnumerable<PythonStatement> All(IEnumerable<PythonStatement> statements) => statements.SelectMany(statement => statement switch
    {
        PythonStatement.If branch => All(branch.Then.Concat(branch.Else)),
        PythonStatement.For loop => All(loop.Body.Concat(loop.Else)).Prepend(loop),
        _ => [statement],
    });

    private static IEnumerable<string> SetBy(PythonStatement statement) => statement switch
    {
        PythonStatement.Assign assign => assign.Targets.SelectMany(In),
        PythonStatement.Augment augment => In(augment.Target),
        PythonStatement.Function function => [function.Name],
        PythonStatement.Import import => import.Names.Select(name => name.As.Split(' ')[^1]),
        PythonStatement.Other other => other.Sets,
        PythonStatement.For loop => In(loop.Target),
        _ => ChangedBy(statement) is { } root ? [root] : [],
    };

    // The name in which a method changes something.
    private static string? ChangedBy(PythonStatement statement) =>
        statement is PythonStatement.Evaluate { Value: PythonExpression.Call { Function: PythonExpression.Attribute method } } && IsChange(method.Id) ? RootOf(method.Owner) : null;

    private static string? RootOf(PythonExpression expression) => expression switch
    {
        PythonExpression.Name name => name.Id,
        PythonExpression.Item item => RootOf(item.Owner),
        PythonExpression.Attribute attribute => RootOf(attribute.Owner),
        _ => null,
    };
}
