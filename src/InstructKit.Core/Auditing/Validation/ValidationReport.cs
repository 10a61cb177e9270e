using InstructKit.Formats.Consumers;
using InstructKit.Sources;

namespace InstructKit.Auditing.Validation;

/// <summary>What to validate, and how.</summary>
internal sealed record ValidationRequest
{
    /// <summary>The consumer whose rules apply; null to find out which consumers the files suit.</summary>
    public Consumer? Target { get; init; }

    /// <summary>Files, and folders whose data files are used; <c>-</c> is standard input.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>Standard input; owned by the caller.</summary>
    public Stream? StandardInput { get; init; }

    /// <summary>Maximum number of findings kept per rule; all are counted.</summary>
    public int MaxFindings { get; init; } = 20;

    /// <summary>Checks with a tokenizer; null without one.</summary>
    public TokenRules? Tokens { get; init; }

    /// <summary>Bounds on the input.</summary>
    public SourceLimits Limits { get; init; } = new();
}

/// <summary>A finding of <see cref="Validator"/>.</summary>
/// <param name="Diagnostic">Code, severity, position and message; the message names the rule's source.</param>
/// <param name="Source">Where the rule comes from: a consumer's file and function; empty for errors independent of the consumer.</param>
internal sealed record ValidationFinding(Diagnostic Diagnostic, string Source);

/// <summary>A validated file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rows">Its rows, including unreadable ones.</param>
/// <param name="Bytes">Bytes of its rows.</param>
internal sealed record ValidatedFile(string Name, long Rows, long Bytes);

/// <summary>Whether files suit a consumer.</summary>
/// <param name="Consumer">The consumer.</param>
/// <param name="Reason">Its first objection; null if it has none.</param>
internal sealed record Suitability(Consumer Consumer, ValidationFinding? Reason);

/// <summary>The findings of a validation.</summary>
internal sealed class ValidationReport
{
    private readonly int _most;
    private readonly SortedDictionary<string, (long Errors, long Warnings)> _counts = new(StringComparer.Ordinal);
    private readonly List<ValidationFinding> _findings = [];

    /// <summary>Creates an empty report.</summary>
    /// <param name="most">Maximum number of findings kept per rule.</param>
    public ValidationReport(int most) => _most = most;

    /// <summary>The files, in the order in which they were read.</summary>
    public List<ValidatedFile> Files { get; } = [];

    /// <summary>The kept findings, in the order of the rows.</summary>
    public IReadOnlyList<ValidationFinding> Findings => _findings;

    /// <summary>Findings by code, kept or not.</summary>
    public IReadOnlyDictionary<string, (long Errors, long Warnings)> Counts => _counts;

    public long Errors => _counts.Values.Sum(count => count.Errors);

    public long Warnings => _counts.Values.Sum(count => count.Warnings);

    /// <summary>Findings that were counted but not kept.</summary>
    public long Omitted => Errors + Warnings - _findings.Count;

    /// <summary>Which consumers the files suit; empty if one was given.</summary>
    public List<Suitability> Suits { get; } = [];

    public void Add(ValidationFinding finding)
    {
        var (errors, warnings) = _counts.GetValueOrDefault(finding.Diagnostic.Code);
        if (finding.Diagnostic.Severity == Severity.Error) errors++;
        else warnings++;

        _counts[finding.Diagnostic.Code] = (errors, warnings);
        if (errors + warnings <= _most) _findings.Add(finding);
    }

    /// <summary>A finding at a position; line and column are zero-based.</summary>
    public static ValidationFinding At(string code, Severity severity, string file, long line, int column, string message, string source)
    {
        var place = new LinePosition((int)Math.Min(line, int.MaxValue), column);
        var span = new SourceSpan(SourceText.Embedded(VisibleText.Of(file), string.Empty, _ => place), 0, 0);
        return new ValidationFinding(new Diagnostic(code, severity, Sourced(message, source), span), source);
    }

    /// <summary>A finding about files as a whole.</summary>
    public static ValidationFinding Whole(string code, Severity severity, string message, string source) => new(new Diagnostic(code, severity, Sourced(message, source)), source);

    /// <summary>The counts in one line.</summary>
    public string Summary(string? target)
    {
        var rows = Files.Sum(file => file.Rows);
        if (Files.Count == 0) return string.Create(CultureInfo.InvariantCulture, $"{target}: {Errors:N0} {(Errors == 1 ? "error" : "errors")}, {Warnings:N0} {(Warnings == 1 ? "warning" : "warnings")}.");

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(target is null ? string.Empty : target + ": ")}{rows:N0} {(rows == 1 ? "row" : "rows")} in {Files.Count} {(Files.Count == 1 ? "file" : "files")}: {Errors:N0} {(Errors == 1 ? "error" : "errors")}, {Warnings:N0} {(Warnings == 1 ? "warning" : "warnings")}.");
    }

    private static string Sourced(string message, string source) => source.Length == 0 ? message : $"{message} [{source}]";
}
