using InstructKit.Tasks;

namespace InstructKit.Auditing.Linting;

/// <summary>A finding of the linter.</summary>
/// <param name="Diagnostic">Code, severity, position and message.</param>
/// <param name="Task">Key of the task.</param>
/// <param name="Template">Id of the template, or null for the task as a whole.</param>
/// <param name="Rule">The rule, or null for diagnostics of task file and template parsers.</param>
public sealed record LintFinding(Diagnostic Diagnostic, string Task, string? Template, LintRule? Rule);

/// <summary>A rule of the linter.</summary>
/// <param name="Code">Stable code, <c>IK25xx</c>.</param>
/// <param name="Name">Name in words joined by hyphens.</param>
/// <param name="Severity">Severity of a finding, unless the rule sets another.</param>
/// <param name="What">What is found, one sentence.</param>
/// <param name="Why">Why it matters, one sentence.</param>
public sealed record LintRule(string Code, string Name, Severity Severity, string What, string Why);

/// <summary>Collects the findings of one task.</summary>
/// <param name="task">Key of the task.</param>
internal sealed class FindingList(string task)
{
    private readonly List<LintFinding> _findings = [];

    /// <summary>The findings so far.</summary>
    public IReadOnlyList<LintFinding> Findings => _findings;

    public void Add(LintRule rule, string message, SourceSpan span, TemplateDefinition? template = null, string? hint = null, Severity? severity = null) =>
        _findings.Add(new LintFinding(new Diagnostic(rule.Code, severity ?? rule.Severity, message, span) { Hint = hint }, task, template?.Id, rule));

    /// <summary>Adds a diagnostic of a parser or compiler.</summary>
    public void AddAll(IEnumerable<Diagnostic> diagnostics)
    {
        foreach (var diagnostic in diagnostics) _findings.Add(new LintFinding(diagnostic, task, null, null));
    }
}

/// <summary>How many times something was found, and where first.</summary>
/// <param name="Count">Number of occurrences.</param>
/// <param name="Where">Position of the first, <c>file:line</c>.</param>
/// <param name="Message">Its message.</param>
internal sealed record FirstOccurrence(int Count, string Where, string Message)
{
    /// <summary>Counts one more in a table of findings.</summary>
    public static void Note<TKey>(Dictionary<TKey, FirstOccurrence> table, TKey key, string where, string message)
        where TKey : notnull =>
        table[key] = table.TryGetValue(key, out var first) ? first with { Count = first.Count + 1 } : new FirstOccurrence(1, where, message);

    /// <summary>As the end of a message: <c>3 rows, the first at file:12</c>.</summary>
    public string Rows => Count == 1 ? $"1 row, at {Where}" : $"{Count} rows, the first at {Where}";
}
