using System.Text.Json;

namespace InstructKit.Auditing.Reports;

/// <summary>A rule in the list of a SARIF log.</summary>
/// <param name="Code">Stable code.</param>
/// <param name="Name">Name in words joined by hyphens; null for a code without its own rule.</param>
/// <param name="What">What is found.</param>
/// <param name="Why">Why it matters; may be empty.</param>
/// <param name="Severity">Default severity of its findings; null when each has its own.</param>
internal sealed record SarifRule(string Code, string? Name, string What, string Why, Severity? Severity);

/// <summary>A result of a SARIF log.</summary>
/// <param name="Diagnostic">Code, severity, position and message.</param>
/// <param name="Properties">Additional names and values.</param>
internal sealed record SarifResult(Diagnostic Diagnostic, IReadOnlyList<(string Name, string Value)> Properties);

/// <summary>Findings as a SARIF 2.1.0 log (OASIS standard, 27 March 2020), which code hosts and editors show next to the lines.</summary>
internal static class SarifDocument
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    /// <summary>The log, UTF-8, indented, with a line feed at its end.</summary>
    /// <param name="rules">The rules; results with another code get one without texts.</param>
    /// <param name="root">Folder to which file names below it are made relative.</param>
    public static byte[] Write(IReadOnlyList<SarifRule> rules, IReadOnlyList<SarifResult> results, string toolVersion, string root) => JsonWriting.Document(json =>
    {
        // Diagnostics of file readers have no rule of their own, yet every result needs one in the list.
        var known = rules.Select(rule => rule.Code).ToHashSet(StringComparer.Ordinal);
        var others = results.Select(result => result.Diagnostic.Code).Where(code => !known.Contains(code)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        List<SarifRule> all = [.. rules, .. others.Select(code => new SarifRule(code, null, string.Empty, string.Empty, null))];
        json.Put("$schema", Schema).Put("version", "2.1.0").Objects("runs", [all], _ =>
        {
            json.Object("tool", () => json.Object("driver", () => json
                .Put("name", "instructkit").Put("version", toolVersion).Objects("rules", all, rule => WriteRule(json, rule))));
            json.Put("columnKind", "utf16CodeUnits");
            json.Objects("results", results, result => WriteResult(json, result, all.FindIndex(rule => rule.Code == result.Diagnostic.Code), root));
        });
    });

    private static void WriteRule(Utf8JsonWriter json, SarifRule rule)
    {
        json.Put("id", rule.Code);
        if (rule.Name is not { } name) return;

        json.Put("name", name);
        WriteText(json, "shortDescription", rule.What);
        WriteText(json, "fullDescription", rule.Why.Length == 0 ? rule.What : $"{rule.What} {rule.Why}");
        if (rule.Severity is { } severity) json.Object("defaultConfiguration", () => json.Put("level", Level(severity)));
    }

    private static void WriteResult(Utf8JsonWriter json, SarifResult result, int rule, string root)
    {
        var diagnostic = result.Diagnostic;
        json.Put("ruleId", diagnostic.Code).Put("ruleIndex", rule).Put("level", Level(diagnostic.Severity));
        WriteText(json, "message", diagnostic.Hint is null ? diagnostic.Message : $"{diagnostic.Message} {diagnostic.Hint}");
        if (diagnostic.Span is { } span)
        {
            json.Objects("locations", [span], _ => json.Object("physicalLocation", () => json
                .Object("artifactLocation", () => json.Put("uri", UriOf(span.Source.Name, root)))
                .Object("region", () => json.Put("startLine", span.Start.Line + 1).Put("startColumn", span.Start.Column + 1))));
        }

        json.Put("properties", result.Properties);
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text) => json.Object(name, () => json.Put("text", text));

    private static string Level(Severity severity) => severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "note" };

    // A relative reference below the root, so the log is portable; otherwise a file URI.
    private static string UriOf(string file, string root)
    {
        var full = Path.GetFullPath(file);
        var relative = Path.GetRelativePath(root, full).Replace('\\', '/');
        return relative.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(relative)
            ? new Uri(full).AbsoluteUri
            : string.Join('/', relative.Split('/').Select(Uri.EscapeDataString));
    }
}
