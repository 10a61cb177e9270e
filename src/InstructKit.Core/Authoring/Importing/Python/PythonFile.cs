namespace InstructKit.Authoring.Importing.Python;

/// <summary>
/// The literals that a Python file assigns to names at its top level: strings, numbers, lists, tuples, sets, dictionaries. Nothing is executed.
/// Imports, definitions and lone strings are skipped; any other statement is reported with its position, because it may change assigned values.
/// </summary>
internal sealed class PythonFile
{
    private readonly List<PythonAssignment> _assignments = [];
    private readonly List<SourceSpan> _skipped = [];
    private readonly List<Diagnostic> _broken = [];

    /// <summary>The assignments in order.</summary>
    public IReadOnlyList<PythonAssignment> Assignments => _assignments;

    /// <summary>First lines of the statements that were not read.</summary>
    public IReadOnlyList<SourceSpan> Skipped => _skipped;

    /// <summary>Syntax errors, one per statement.</summary>
    public IReadOnlyList<Diagnostic> Broken => _broken;

    /// <summary>Parses a file.</summary>
    /// <exception cref="DiagnosticException">It cannot be tokenized (IK9001).</exception>
    public static PythonFile Read(SourceText source)
    {
        var file = new PythonFile();
        foreach (var statement in PythonParser.Parse(source)) file.Take(statement);

        return file;
    }

    /// <summary>Parses a text as an expression; null if it is not one.</summary>
    public static PythonExpression? TryReadValue(SourceText source)
    {
        try
        {
            return PythonParser.Parse(source) is [PythonStatement.Evaluate lone] ? lone.Value : null;
        }
        catch (DiagnosticException)
        {
            return null;
        }
    }

    /// <summary>
    /// Why a value cannot be read without executing code; null for a literal, a call by name such as the constructor of a data class, and an item of
    /// something assigned before, <c>NAME["key"]</c>. Values inside a list, a dictionary or a call are checked separately: their neighbours are still read.
    /// </summary>
    public static Diagnostic? Computed(PythonExpression value) => value switch
    {
        PythonExpression.Text or PythonExpression.Literal or PythonExpression.Display or PythonExpression.Mapping => null,
        PythonExpression.Unary { Operator: "-" or "+", Operand: PythonExpression.Literal } => null,
        PythonExpression.Call call when NameOf(call.Function) is not null && call.Keywords.All(keyword => keyword.Name.Length > 0) => null,
        PythonExpression.Item item when NameOf(item.Owner) is not null && Computed(item.Key) is null => null,
        PythonExpression.Unread unread => unread.Reason,
        _ => PythonParser.Error("Only literals are read, nothing is computed", OpenIn(value).Span).Diagnostics[0],
    };

    /// <summary>The kind of a value, for messages.</summary>
    public static string NounOf(PythonExpression value) => value switch
    {
        PythonExpression.Text => "a string",
        PythonExpression.Display display => display.Open switch { '[' => "a list", '{' => "a set", _ => "a tuple" },
        PythonExpression.Mapping => "a dictionary",
        _ when Computed(value) is not null => "something that is computed",
        PythonExpression.Call call => $"a call of {NameOf(call.Function)}",
        PythonExpression.Item item => $"an item of {NameOf(item.Owner)}",
        _ => value.Span.Text,
    };

    /// <summary>A name with dots; null for another expression.</summary>
    public static string? NameOf(PythonExpression expression) => expression switch
    {
        PythonExpression.Name name => name.Id,
        PythonExpression.Attribute attribute when NameOf(attribute.Owner) is { } owner => $"{owner}.{attribute.Id}",
        _ => null,
    };

    private void Take(PythonStatement statement)
    {
        switch (statement)
        {
            case PythonStatement.Assign { Targets: [PythonExpression.Name name], Value: not (PythonExpression.Call or PythonExpression.Item) } assign when Computed(assign.Value) is null:
                _assignments.Add(new PythonAssignment(name.Id, assign.Value, name.Span));
                break;
            case PythonStatement.Assign { Targets: [PythonExpression.Item { Owner: PythonExpression.Name name } item] } assign when Computed(assign.Value) is null:
                // A value assigned to an item may refer to another item.
                _assignments.Add(new PythonAssignment(name.Id, assign.Value, name.Span) { Key = item.Key });
                break;
            case PythonStatement.Other { Reason: { } reason }:
                _broken.Add(reason);
                break;
            case PythonStatement.Import or PythonStatement.Function or PythonStatement.Jump { Word: "pass" } or PythonStatement.Other { Word: "class" or "async" }:
            case PythonStatement.Evaluate { Value: PythonExpression.Text or PythonExpression.Literal }:
            case PythonStatement.Other when statement.Span.Text == "@":
                break;
            default:
                var text = statement.Span.Source.Text;
                var end = text.AsSpan(statement.Span.Offset).IndexOfAny('\r', '\n');
                _skipped.Add(statement.Span with { Length = end < 0 ? text.Length - statement.Span.Offset : end });
                break;
        }
    }

    // The last operand of a sum that is not a string.
    private static PythonExpression OpenIn(PythonExpression value)
    {
        while (value is PythonExpression.Binary { Operator: "+", Right: PythonExpression.Text } sum) value = sum.Left;

        return value is PythonExpression.Binary { Operator: "+" } rest ? rest.Right : value;
    }
}

/// <summary>An assignment of a literal to a name, or to an item of it.</summary>
/// <param name="Value">The literal.</param>
/// <param name="Span">Position of the name.</param>
internal sealed record PythonAssignment(string Name, PythonExpression Value, SourceSpan Span)
{
    /// <summary>The key of <c>NAME["key"] = literal</c>; null for a plain name.</summary>
    public PythonExpression? Key { get; init; }
}
