using InstructKit.Auditing.Reports;

namespace InstructKit.Auditing.Linting;

/// <summary>Findings as a SARIF 2.1.0 log (OASIS standard, 27 March 2020), which code hosts and editors show beside the lines.</summary>
public static class SarifLog
{
    /// <summary>The log, UTF-8, indented, with a line feed at its end.</summary>
    /// <param name="findings">The findings.</param>
    /// <param name="toolVersion">Version of the tool.</param>
    /// <param name="root">Folder that file names are made relative to, where they lie below it.</param>
    public static byte[] Write(IReadOnlyList<LintFinding> findings, string toolVersion, string root) => SarifDocument.Write(
        [.. LintCodes.All.Select(rule => new SarifRule(rule.Code, rule.Name, rule.What, rule.Why, rule.Severity))],
        [.. findings.Select(finding => new SarifResult(finding.Diagnostic, finding.Template is { } template ? [("task", finding.Task), ("template", template)] : [("task", finding.Task)]))],
        toolVersion,
        root);
}
