using System.Text.Json;
using InstructKit.Diagnostics;

namespace InstructKit.Auditing.Linting;

/// <summary>Findings as a SARIF 2.1.0 log (OASIS standard, 27 March 2020), which code hosts and editors show beside the lines.</summary>
public static class SarifLog
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    /// <summary>The log, UTF-8, indented, with a line feed at its end.</summary>
    /// <param name="findings">The findings.</param>
    /// <param name="toolVersion">Version of the tool.</param>
    /// <param name="root">Folder that file names are made relative to, where they lie below it.</param>
    public static byte[] Write(IReadOnlyList<LintFinding> findings, string toolVersion, string root) => JsonDocumentText.Write(writer =>
    {
        // What the readers of files report has no rule of the linter, yet every result needs one in the list.
        var others = findings.Where(finding => finding.Rule is null).Select(finding => finding.Diagnostic.Code).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        List<string> codes = [.. LintCodes.All.Select(rule => rule.Code), .. others];
        writer.WriteStartObject();
        writer.WriteString("$schema", Schema);
        writer.WriteString("version", "2.1.0");
        writer.WriteStartArray("runs");
        writer.WriteStartObject();
        writer.WriteStartObject("tool");
        writer.WriteStartObject("driver");
        writer.WriteString("name", "instructkit");
        writer.WriteString("version", toolVersion);
        WriteRules(writer, codes);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteString("columnKind", "utf16CodeUnits");
        writer.WriteStartArray("results");
        foreach (var finding in findings) WriteResult(writer, finding, codes.IndexOf(finding.Diagnostic.Code), root);

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void WriteRules(Utf8JsonWriter writer, List<string> codes)
    {
        writer.WriteStartArray("rules");
        foreach (var code in codes)
        {
            writer.WriteStartObject();
            writer.WriteString("id", code);
            if (LintCodes.All.FirstOrDefault(rule => rule.Code == code) is { } rule)
            {
                writer.WriteString("name", rule.Name);
                WriteText(writer, "shortDescription", rule.What);
                WriteText(writer, "fullDescription", $"{rule.What} {rule.Why}");
                writer.WriteStartObject("defaultConfiguration");
                writer.WriteString("level", Level(rule.Severity));
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteResult(Utf8JsonWriter writer, LintFinding finding, int rule, string root)
    {
        var diagnostic = finding.Diagnostic;
        writer.WriteStartObject();
        writer.WriteString("ruleId", diagnostic.Code);
        writer.WriteNumber("ruleIndex", rule);
        writer.WriteString("level", Level(diagnostic.Severity));
        WriteText(writer, "message", diagnostic.Hint is null ? diagnostic.Message : $"{diagnostic.Message} {diagnostic.Hint}");
        if (diagnostic.Span is { } span)
        {
            var start = span.Start;
            writer.WriteStartArray("locations");
            writer.WriteStartObject();
            writer.WriteStartObject("physicalLocation");
            writer.WriteStartObject("artifactLocation");
            writer.WriteString("uri", UriOf(span.Source.Name, root));
            writer.WriteEndObject();
            writer.WriteStartObject("region");
            writer.WriteNumber("startLine", start.Line + 1);
            writer.WriteNumber("startColumn", start.Column + 1);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        writer.WriteStartObject("properties");
        writer.WriteString("task", finding.Task);
        if (finding.Template is { } template) writer.WriteString("template", template);

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string text)
    {
        writer.WriteStartObject(name);
        writer.WriteString("text", text);
        writer.WriteEndObject();
    }

    private static string Level(Severity severity) => severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "note" };

    // A relative reference below the root, so that the log means the same on another machine; a file address elsewhere.
    private static string UriOf(string file, string root)
    {
        var full = Path.GetFullPath(file);
        var relative = Path.GetRelativePath(root, full).Replace('\\', '/');
        return relative.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(relative)
            ? new Uri(full).AbsoluteUri
            : string.Join('/', relative.Split('/').Select(Uri.EscapeDataString));
    }
}
