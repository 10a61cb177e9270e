using System.Text.Json;
using InstructKit.Auditing.Reports;
using InstructKit.Diagnostics;

namespace InstructKit.Auditing.Linting;

/// <summary>Findings as one JSON document: <c>{"findings": [...], "errors": n, "warnings": n, "infos": n}</c>.</summary>
public static class FindingsJson
{
    /// <summary>The document, UTF-8, indented, with a line feed at its end.</summary>
    public static byte[] Write(IReadOnlyList<LintFinding> findings) => JsonDocumentText.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            var diagnostic = finding.Diagnostic;
            writer.WriteStartObject();
            writer.WriteString("code", diagnostic.Code);
            writer.WriteString("rule", finding.Rule?.Name);
            writer.WriteString("severity", Word(diagnostic.Severity));
            writer.WriteString("task", finding.Task);
            writer.WriteString("template", finding.Template);
            writer.WriteString("message", diagnostic.Message);
            writer.WriteString("hint", diagnostic.Hint);
            writer.WriteString("file", diagnostic.Span?.Source.Name);
            WriteNumber(writer, "line", diagnostic.Span?.Start.Line + 1);
            WriteNumber(writer, "column", diagnostic.Span?.Start.Column + 1);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("errors", Count(Severity.Error));
        writer.WriteNumber("warnings", Count(Severity.Warning));
        writer.WriteNumber("infos", Count(Severity.Info));
        writer.WriteEndObject();

        int Count(Severity severity) => findings.Count(finding => finding.Diagnostic.Severity == severity);
    });

    /// <summary>The rules as one JSON list.</summary>
    public static byte[] WriteRules() => JsonDocumentText.Write(writer =>
    {
        writer.WriteStartArray();
        foreach (var rule in LintCodes.All)
        {
            writer.WriteStartObject();
            writer.WriteString("code", rule.Code);
            writer.WriteString("name", rule.Name);
            writer.WriteString("severity", Word(rule.Severity));
            writer.WriteString("what", rule.What);
            writer.WriteString("why", rule.Why);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static void WriteNumber(Utf8JsonWriter writer, string name, int? number)
    {
        if (number is { } value) writer.WriteNumber(name, value);
        else writer.WriteNull(name);
    }

    private static string Word(Severity severity) => severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "info" };
}
