namespace InstructKit.Auditing.Linting;

/// <summary>Findings as workflow commands of GitHub Actions, which show them beside the changed lines of a pull request.</summary>
public static class WorkflowCommands
{
    /// <summary>One finding, without a line end: <c>::warning file=…,line=…,col=…,title=…::message</c>.</summary>
    public static string Format(LintFinding finding)
    {
        var diagnostic = finding.Diagnostic;
        var word = diagnostic.Severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "notice" };
        var place = diagnostic.Span is { } span
            ? string.Create(CultureInfo.InvariantCulture, $"file={Property(span.Source.Name)},line={span.Start.Line + 1},col={span.Start.Column + 1},")
            : string.Empty;
        var title = finding.Rule is null ? diagnostic.Code : $"{diagnostic.Code} {finding.Rule.Name}";
        var message = diagnostic.Hint is null ? diagnostic.Message : $"{diagnostic.Message} {diagnostic.Hint}";
        return $"::{word} {place}title={Property(title)}::{Data(message)}";
    }

    // The escapes of the runner's own toolkit (docs.github.com, "Workflow commands").
    private static string Data(string text) => text
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text)
        .Replace(":", "%3A", StringComparison.Ordinal)
        .Replace(",", "%2C", StringComparison.Ordinal);
}
