using InstructKit.Auditing.Reports;

namespace InstructKit.Auditing.Linting;

/// <summary>Findings as one JSON document: <c>{"findings": [...], "errors": n, "warnings": n, "infos": n}</c>.</summary>
public static class FindingsJson
{
    /// <summary>The document, UTF-8, indented, with a line feed at its end.</summary>
    public static byte[] Write(IReadOnlyList<LintFinding> findings) => JsonWriting.Document(json =>
    {
        json.Objects("findings", findings, finding =>
        {
            var (diagnostic, start) = (finding.Diagnostic, finding.Diagnostic.Span?.Start);
            json.Put("code", diagnostic.Code).Put("rule", finding.Rule?.Name).Put("severity", diagnostic.Severity.Word).Put("task", finding.Task).Put("template", finding.Template);
            json.Put("message", diagnostic.Message).Put("hint", diagnostic.Hint).Put("file", diagnostic.Span?.Source.Name).Put("line", start?.Line + 1L).Put("column", start?.Column + 1L);
        });
        json.Put("errors", Count(Severity.Error)).Put("warnings", Count(Severity.Warning)).Put("infos", Count(Severity.Info));

        int Count(Severity severity) => findings.Count(finding => finding.Diagnostic.Severity == severity);
    });

    /// <summary>The rules as one JSON list.</summary>
    public static byte[] WriteRules() => JsonWriting.Value(json => json.List(LintCodes.All, rule => json.Object(() => json
        .Put("code", rule.Code).Put("name", rule.Name).Put("severity", rule.Severity.Word).Put("what", rule.What).Put("why", rule.Why))));
}

/// <summary>Findings as a SARIF 2.1.0 log (OASIS standard, 27 March 2020), which code hosts and editors show next to the lines.</summary>
public static class SarifLog
{
    /// <summary>The log, UTF-8, indented, with a line feed at its end.</summary>
    /// <param name="findings">The findings.</param>
    /// <param name="toolVersion">Version of the tool.</param>
    /// <param name="root">Folder to which file names below it are made relative.</param>
    public static byte[] Write(IReadOnlyList<LintFinding> findings, string toolVersion, string root) => SarifDocument.Write(
        [.. LintCodes.All.Select(rule => new SarifRule(rule.Code, rule.Name, rule.What, rule.Why, rule.Severity))],
        [.. findings.Select(finding => new SarifResult(finding.Diagnostic, finding.Template is { } template ? [("task", finding.Task), ("template", template)] : [("task", finding.Task)]))],
        toolVersion, root);
}

/// <summary>Findings as workflow commands of GitHub Actions, which show them next to the changed lines of a pull request.</summary>
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

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
