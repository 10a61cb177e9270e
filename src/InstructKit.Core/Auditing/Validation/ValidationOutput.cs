using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using InstructKit.Auditing.Reports;
using InstructKit.Formats.Consumers;

namespace InstructKit.Auditing.Validation;

/// <summary>Machine-readable reports.</summary>
internal static class ValidationOutput
{
    /// <summary>
    /// One JSON document: <c>{"target", "files": [{file, rows, bytes}], "findings": [{file, line, column, code, rule, severity, message, source}], "errors", "warnings", "omitted",
    /// "rules": [{code, rule, errors, warnings}], "suits": [{target, suits, reason}]}</c>.
    /// </summary>
    public static byte[] Json(ValidationReport report, string? target) => JsonWriting.Document(json =>
    {
        json.Put("target", target).Objects("files", report.Files, file => json.Put("file", file.Name).Put("rows", file.Rows).Put("bytes", file.Bytes));
        json.Objects("findings", report.Findings, finding => WriteFinding(json, finding));
        json.Put("errors", report.Errors).Put("warnings", report.Warnings).Put("omitted", report.Omitted);
        json.Objects("rules", report.Counts, rule => json.Put("code", rule.Key).Put("rule", NameOf(rule.Key)).Put("errors", rule.Value.Errors).Put("warnings", rule.Value.Warnings));
        if (target is not null) return;

        json.Objects("suits", report.Suits, one =>
        {
            json.Put("target", one.Consumer.Name).Put("suits", one.Reason is null);
            if (one.Reason is { } reason) json.Object("reason", () => WriteFinding(json, reason));
            else json.WriteNull("reason");
        });
    });

    /// <summary>A SARIF 2.1.0 log.</summary>
    public static byte[] Sarif(ValidationReport report, string? target, string toolVersion, string root) => SarifDocument.Write(
        [.. Rules.Select(rule => new SarifRule(rule.Code, rule.Name, rule.What, string.Empty, null))],
        [.. report.Findings.Select(finding => new SarifResult(finding.Diagnostic, target is null ? [("source", finding.Source)] : [("target", target), ("source", finding.Source)]))],
        toolVersion,
        root);

    /// <summary>JUnit XML: a test case for each file, and one for findings about all of them; a file with errors fails.</summary>
    public static byte[] JUnit(ValidationReport report, string? target)
    {
        var cases = report.Files.Select(file => VisibleText.Of(file.Name)).Append("data").Distinct(StringComparer.Ordinal).Select(Case).ToList();
        var suite = new XElement(
            "testsuite",
            new XAttribute("name", $"instructkit validate {target}".TrimEnd()), new XAttribute("tests", cases.Count), new XAttribute("failures", cases.Count(one => one.Element("failure") is not null)), cases);
        using var buffer = new MemoryStream();
        using (var xml = XmlWriter.Create(buffer, new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(false) })) new XElement("testsuites", suite).Save(xml);

        buffer.Write("\n"u8);
        return buffer.ToArray();

        XElement Case(string name)
        {
            var found = report.Findings.Select(finding => finding.Diagnostic).Where(diagnostic => (diagnostic.Span?.Source.Name ?? "data") == name).ToLookup(diagnostic => diagnostic.Severity == Severity.Error);
            var one = new XElement("testcase", new XAttribute("classname", target ?? "validate"), new XAttribute("name", name));
            if (found[true].FirstOrDefault() is { } error)
                one.Add(new XElement("failure", new XAttribute("type", error.Code), new XAttribute("message", Clean(error.Message)), Clean(string.Join('\n', found[true]))));

            if (found[false].Any()) one.Add(new XElement("system-out", Clean(string.Join('\n', found[false]))));

            return one;
        }
    }

    private static IEnumerable<ConsumerRule> Rules => ConsumerCodes.All.Concat(ChatTemplateCodes.All);

    /// <summary>The name of a rule; null for diagnostics of file readers.</summary>
    public static string? NameOf(string code) => Rules.FirstOrDefault(rule => rule.Code == code)?.Name;

    // Characters that XML 1.0 cannot represent, even escaped.
    private static string Clean(string text) => string.Concat(VisibleText.Of(text.Replace("\n", "\u0001", StringComparison.Ordinal)).Replace("\\x01", "\n", StringComparison.Ordinal)
        .Select(letter => letter is '\uFFFE' or '\uFFFF' || char.IsSurrogate(letter) ? '?' : letter));

    private static void WriteFinding(Utf8JsonWriter json, ValidationFinding finding)
    {
        var (diagnostic, start) = (finding.Diagnostic, finding.Diagnostic.Span?.Start);
        json.Put("file", diagnostic.Span?.Source.Name).Put("line", start?.Line + 1L).Put("column", start?.Column + 1L);
        json.Put("code", diagnostic.Code).Put("rule", NameOf(diagnostic.Code)).Put("severity", diagnostic.Severity.Word).Put("message", diagnostic.Message).Put("source", finding.Source);
    }
}
