using System.Globalization;
using System.Text.Json;
using System.Xml;
using InstructKit.Auditing.Reports;
using InstructKit.Diagnostics;
using InstructKit.Formats.Consumers;

namespace InstructKit.Auditing.Validation;

/// <summary>Reports in the forms that programs read.</summary>
internal static class ValidationOutput
{
    /// <summary>
    /// One JSON document: <c>{"target", "files": [{file, rows, bytes}], "findings": [{file, line, column, code, rule, severity, message, source}], "errors", "warnings", "omitted",
    /// "rules": [{code, rule, errors, warnings}], "suits": [{target, suits, reason}]}</c>.
    /// </summary>
    public static byte[] Json(ValidationReport report, string? target) => JsonDocumentText.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("target", target);
        writer.WriteStartArray("files");
        foreach (var file in report.Files)
        {
            writer.WriteStartObject();
            writer.WriteString("file", file.Name);
            writer.WriteNumber("rows", file.Rows);
            writer.WriteNumber("bytes", file.Bytes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("findings");
        foreach (var finding in report.Findings) WriteFinding(writer, finding);

        writer.WriteEndArray();
        writer.WriteNumber("errors", report.Errors);
        writer.WriteNumber("warnings", report.Warnings);
        writer.WriteNumber("omitted", report.Omitted);
        writer.WriteStartArray("rules");
        foreach (var (code, (errors, warnings)) in report.Counts)
        {
            writer.WriteStartObject();
            writer.WriteString("code", code);
            writer.WriteString("rule", NameOf(code));
            writer.WriteNumber("errors", errors);
            writer.WriteNumber("warnings", warnings);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (target is null)
        {
            writer.WriteStartArray("suits");
            foreach (var one in report.Suits)
            {
                writer.WriteStartObject();
                writer.WriteString("target", one.Consumer.Name);
                writer.WriteBoolean("suits", one.Reason is null);
                if (one.Reason is { } reason)
                {
                    writer.WritePropertyName("reason");
                    WriteFinding(writer, reason);
                }
                else
                {
                    writer.WriteNull("reason");
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    });

    /// <summary>A SARIF 2.1.0 log.</summary>
    public static byte[] Sarif(ValidationReport report, string? target, string toolVersion, string root) => SarifDocument.Write(
        [.. Rules.Select(rule => new SarifRule(rule.Code, rule.Name, rule.What, string.Empty, null))],
        [.. report.Findings.Select(finding => new SarifResult(finding.Diagnostic, target is null ? [("source", finding.Source)] : [("target", target), ("source", finding.Source)]))],
        toolVersion,
        root);

    /// <summary>JUnit's XML: a test case for each file, and one for what concerns all of them; a file with errors fails.</summary>
    public static byte[] JUnit(ValidationReport report, string? target)
    {
        using var buffer = new MemoryStream();
        using (var xml = XmlWriter.Create(buffer, new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new System.Text.UTF8Encoding(false) }))
        {
            var cases = report.Files.Select(file => VisibleText.Of(file.Name)).Append("data").Distinct(StringComparer.Ordinal).ToList();
            var failed = cases.Count(name => Of(report, name).Any(finding => finding.Diagnostic.Severity == Severity.Error));
            xml.WriteStartElement("testsuites");
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", $"instructkit validate {target}".TrimEnd());
            xml.WriteAttributeString("tests", cases.Count.ToString(CultureInfo.InvariantCulture));
            xml.WriteAttributeString("failures", failed.ToString(CultureInfo.InvariantCulture));
            foreach (var name in cases)
            {
                xml.WriteStartElement("testcase");
                xml.WriteAttributeString("classname", target ?? "validate");
                xml.WriteAttributeString("name", name);
                var errors = Of(report, name).Where(finding => finding.Diagnostic.Severity == Severity.Error).Select(finding => finding.Diagnostic).ToList();
                var others = Of(report, name).Where(finding => finding.Diagnostic.Severity != Severity.Error).Select(finding => finding.Diagnostic).ToList();
                if (errors.Count > 0)
                {
                    xml.WriteStartElement("failure");
                    xml.WriteAttributeString("type", errors[0].Code);
                    xml.WriteAttributeString("message", Clean(errors[0].Message));
                    xml.WriteString(Clean(string.Join('\n', errors)));
                    xml.WriteEndElement();
                }

                if (others.Count > 0) xml.WriteElementString("system-out", Clean(string.Join('\n', others)));

                xml.WriteEndElement();
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        buffer.Write("\n"u8);
        return buffer.ToArray();
    }

    private static IEnumerable<ConsumerRule> Rules => ConsumerCodes.All.Concat(ChatTemplateCodes.All);

    /// <summary>The name of a rule; null for what readers of files report themselves.</summary>
    public static string? NameOf(string code) => Rules.FirstOrDefault(rule => rule.Code == code)?.Name;

    private static IEnumerable<ValidationFinding> Of(ValidationReport report, string file) =>
        report.Findings.Where(finding => (finding.Diagnostic.Span?.Source.Name ?? "data") == file);

    // What XML 1.0 cannot hold, even escaped.
    private static string Clean(string text) => string.Concat(VisibleText.Of(text.Replace("\n", "\u0001", StringComparison.Ordinal)).Replace("\\x01", "\n", StringComparison.Ordinal)
        .Select(letter => letter is '\uFFFE' or '\uFFFF' || char.IsSurrogate(letter) ? '?' : letter));

    private static void WriteFinding(Utf8JsonWriter writer, ValidationFinding finding)
    {
        var diagnostic = finding.Diagnostic;
        writer.WriteStartObject();
        writer.WriteString("file", diagnostic.Span?.Source.Name);
        if (diagnostic.Span is { } span)
        {
            writer.WriteNumber("line", span.Start.Line + 1);
            writer.WriteNumber("column", span.Start.Column + 1);
        }
        else
        {
            writer.WriteNull("line");
            writer.WriteNull("column");
        }

        writer.WriteString("code", diagnostic.Code);
        writer.WriteString("rule", NameOf(diagnostic.Code));
        writer.WriteString("severity", diagnostic.Severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "info" });
        writer.WriteString("message", diagnostic.Message);
        writer.WriteString("source", finding.Source);
        writer.WriteEndObject();
    }
}
