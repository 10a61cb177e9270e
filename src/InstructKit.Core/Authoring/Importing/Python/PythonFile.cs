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

    /// <summary>Reads a file.</summary>
    /// <exception cref="DiagnosticException">It cannot be tokenized (IK9001).</exception>
    public static PythonFile Read(SourceText source)
    {
        var file = new PythonFile();
        foreach (var statement in PythonParser.Parse(source)) file.Take(statement);

        return file;
    }

    /// <summary>Parses a text as a literal; null if it is not one.</summary>
    public static PythonValue? TryReadValue(SourceText source)
    {
        try
        {
            return PythonParser.Parse(source) is [PythonStatement.Evaluate lone] ? ValueOf(lone.Value) : null;
        }
        catch (DiagnosticException)
        {
            return null;
        }
    }

    private void Take(PythonStatement statement)
    {
        switch (statement)
        {
            case PythonStatement.Assign { Targets: [PythonExpression.Name name] } assign when ValueOf(assign.Value) is var value && IsLiteral(value):
                _assignments.Add(new PythonAssignment(name.Id, value, name.Span));
                break;
            case PythonStatement.Assign { Targets: [PythonExpression.Item { Owner: PythonExpression.Name name } item] } assign when ValueOf(assign.Value) is not PythonValue.Opaque and var value:
                // A value assigned to an item may refer to another item.
                _assignments.Add(new PythonAssignment(name.Id, value, name.Span) { Key = ValueOf(item.Key) });
                break;
            case PythonStatement.Other { Reason: { } reason }:
                _broken.Add(reason);
                break;
            case PythonStatement.Import or PythonStatement.Function or PythonStatement.Jump { Word: "pass" } or PythonStatement.Other { Word: "class" or "async" }:
            case PythonStatement.Evaluate { Value: PythonExpression.Literal }:
            case PythonStatement.Other when statement.Span.Text == "@":
                break;
            default:
                var text = statement.Span.Source.Text;
                var end = text.AsSpan(statement.Span.Offset).IndexOfAny('\r', '\n');
                _skipped.Add(statement.Span with { Length = end < 0 ? text.Length - statement.Span.Offset : end });
                break;
        }
    }

    private static bool IsLiteral(PythonValue value) => value is not (PythonValue.Opaque or PythonValue.Call or PythonValue.Reference);

    private static PythonValue ValueOf(PythonExpression expression) => expression switch
    {
        PythonExpression.Literal { Value: string text } => new PythonValue.Text(text, expression.Span),
        PythonExpression.Literal or PythonExpression.Unary { Operator: "-" or "+", Operand: PythonExpression.Literal { Value: not string } } => new PythonValue.Atom(expression.Span.Text, expression.Span),
        PythonExpression.Display display => new PythonValue.Sequence([.. display.Items.Select(ValueOf)], display.Span),
        PythonExpression.Mapping mapping => new PythonValue.Dictionary(
            [.. mapping.Entries.Select(entry => (entry.Key is null ? Computed(entry.Value) : ValueOf(entry.Key), ValueOf(entry.Value)))], mapping.Span),
        PythonExpression.Binary { Operator: "+" } sum => SumOf(sum),
        PythonExpression.Call call when NameOf(call.Function) is { } name && call.Keywords.All(keyword => keyword.Name.Length > 0) => new PythonValue.Call(
            name, [.. call.Arguments.Select(ValueOf)], [.. call.Keywords.Select(keyword => (keyword.Name, ValueOf(keyword.Value)))], call.Span),
        PythonExpression.Item item when NameOf(item.Owner) is { } name && ValueOf(item.Key) is not PythonValue.Opaque and var key => new PythonValue.Reference(name, key, item.Span),
        PythonExpression.Unread unread => new PythonValue.Opaque(unread.Reason, unread.Span),
        _ => Computed(expression),
    };

    // Strings joined by plus signs are one string.
    private static PythonValue SumOf(PythonExpression.Binary sum)
    {
        var content = string.Empty;
        PythonExpression rest = sum;
        for (; rest is PythonExpression.Binary { Operator: "+" } one; rest = one.Left)
        {
            if (one.Right is not PythonExpression.Literal { Value: string right }) return Computed(one.Right);

            content = right + content;
        }

        return rest is PythonExpression.Literal { Value: string left } ? new PythonValue.Text(left + content, sum.Span) : Computed(rest);
    }

    private static PythonValue.Opaque Computed(PythonExpression expression) =>
        new(PythonParser.Error("Only literals are read, nothing is computed", expression.Span).Diagnostics[0], expression.Span);

    // A name with dots.
    private static string? NameOf(PythonExpression expression) => expression switch
    {
        PythonExpression.Name name => name.Id,
        PythonExpression.Attribute attribute when NameOf(attribute.Owner) is { } owner => $"{owner}.{attribute.Id}",
        _ => null,
    };
}

/// <summary>An assignment of a literal to a name, or to an item of it.</summary>
/// <param name="Value">The literal.</param>
/// <param name="Span">Position of the name.</param>
internal sealed record PythonAssignment(string Name, PythonValue Value, SourceSpan Span)
{
    /// <summary>The key of <c>NAME["key"] = literal</c>; null for a plain name.</summary>
    public PythonValue? Key { get; init; }
}

/// <summary>A literal of a Python file.</summary>
internal abstract record PythonValue(SourceSpan Span)
{
    /// <summary>Its kind, for messages.</summary>
    public abstract string Noun { get; }

    /// <summary>A string, with all its adjacent parts.</summary>
    /// <param name="Content">Its characters.</param>
    public sealed record Text(string Content, SourceSpan Span) : PythonValue(Span)
    {
        public override string Noun => "a string";
    }

    /// <summary>A list, a tuple or a set.</summary>
    public sealed record Sequence(IReadOnlyList<PythonValue> Items, SourceSpan Span) : PythonValue(Span)
    {
        public override string Noun => Span.Source.Text[Span.Offset] switch { '[' => "a list", '{' => "a set", _ => "a tuple" };
    }

    /// <summary>A dictionary; keys may be duplicated, as Python allows.</summary>
    /// <param name="Entries">Keys and values in order.</param>
    public sealed record Dictionary(IReadOnlyList<(PythonValue Key, PythonValue Value)> Entries, SourceSpan Span) : PythonValue(Span)
    {
        public override string Noun => "a dictionary";
    }

    /// <summary>A number, <c>True</c>, <c>False</c> or <c>None</c>, as written.</summary>
    /// <param name="Word">As written.</param>
    public sealed record Atom(string Word, SourceSpan Span) : PythonValue(Span)
    {
        public override string Noun => Word;
    }

    /// <summary>A call whose arguments are literals, such as the constructor of a data class; nothing is executed.</summary>
    /// <param name="Name">The callee's dotted name.</param>
    /// <param name="Arguments">Arguments by position.</param>
    /// <param name="Keywords">Arguments by name.</param>
    public sealed record Call(string Name, IReadOnlyList<PythonValue> Arguments, IReadOnlyList<(string Name, PythonValue Value)> Keywords, SourceSpan Span) : PythonValue(Span)
    {
        public override string Noun => $"a call of {Name}";

        public PythonValue? Argument(string name, int position) =>
            Keywords.FirstOrDefault(keyword => keyword.Name == name).Value ?? (position < Arguments.Count ? Arguments[position] : null);
    }

    /// <summary>An item of something assigned before, <c>NAME["key"]</c>.</summary>
    /// <param name="Name">The name, with dots.</param>
    public sealed record Reference(string Name, PythonValue Key, SourceSpan Span) : PythonValue(Span)
    {
        public override string Noun => $"an item of {Name}";
    }

    /// <summary>An item of a list or a value of a dictionary that is not literal; its neighbours are still read.</summary>
    /// <param name="Reason">Why it cannot be read.</param>
    public sealed record Opaque(Diagnostic Reason, SourceSpan Span) : PythonValue(Span)
    {
        public override string Noun => "something that is computed";
    }
}
