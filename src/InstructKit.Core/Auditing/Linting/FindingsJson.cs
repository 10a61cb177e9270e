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
