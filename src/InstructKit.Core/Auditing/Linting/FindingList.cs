using InstructKit.Tasks;

namespace InstructKit.Auditing.Linting;

/// <summary>Collects the findings of one task.</summary>
/// <param name="task">Key of the task.</param>
internal sealed class FindingList(string task)
{
    private readonly List<LintFinding> _findings = [];

    /// <summary>What was found so far.</summary>
    public IReadOnlyList<LintFinding> Findings => _findings;

    /// <summary>Adds a finding of a rule.</summary>
    public void Add(LintRule rule, string message, SourceSpan span, TemplateDefinition? template = null, string? hint = null, Severity? severity = null) =>
        _findings.Add(new LintFinding(new Diagnostic(rule.Code, severity ?? rule.Severity, message, span) { Hint = hint }, task, template?.Id, rule));

    /// <summary>Adds what a reader or compiler reported.</summary>
    public void AddAll(IEnumerable<Diagnostic> diagnostics)
    {
        foreach (var diagnostic in diagnostics) _findings.Add(new LintFinding(diagnostic, task, null, null));
    }
}
