namespace InstructKit.Diagnostics;

/// <summary>A finding with a stable code and a place. Codes are listed in the README; wording may change, codes do not.</summary>
/// <param name="Code">Stable code such as <c>IK1001</c>.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Message">One sentence: what is wrong and what was expected.</param>
/// <param name="Span">The location, when it is in a text that we hold.</param>
public sealed record Diagnostic(string Code, Severity Severity, string Message, SourceSpan? Span = null)
{
    /// <summary>What to do, as one line; usually the nearest valid name.</summary>
    public string? Hint { get; init; }

    /// <summary>An error with advice.</summary>
    internal static Diagnostic Error(string code, string message, SourceSpan? span = null, string? hint = null) => new(code, Severity.Error, message, span) { Hint = hint };

    /// <summary><c>file:line:column: severity CODE: message</c>, followed by the hint; one line.</summary>
    public override string ToString()
    {
        var place = Span is { } span ? $"{span.Source.Name}:{span.Start}: " : string.Empty;
        // Messages of readers and parsers have no full stop, because they also occur within other sentences.
        var stop = Message is [.., '.' or '!' or '?' or '…'] ? string.Empty : ".";
        return $"{place}{Severity.Word} {Code}: {Message}{stop}{(Hint is null ? string.Empty : $" {Hint}")}";
    }
}

/// <summary>How much a <see cref="Diagnostic"/> matters.</summary>
public enum Severity
{
    /// <summary>Worth knowing; changes nothing.</summary>
    Info,

    /// <summary>Suspicious; work continues.</summary>
    Warning,

    /// <summary>Wrong; the item concerned is not used.</summary>
    Error,
}

internal static class Severities
{
    extension(Severity severity)
    {
        /// <summary>The word used in messages and reports.</summary>
        public string Word => severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "info" };
    }
}

/// <summary>Thrown when work cannot go on; carries every diagnostic found so far, the first error first.</summary>
public class DiagnosticException : Exception
{
    /// <summary>Creates an exception from one or more diagnostics.</summary>
    public DiagnosticException(IReadOnlyList<Diagnostic> diagnostics, Exception? inner = null)
        : base(string.Join('\n', diagnostics), inner) => Diagnostics = diagnostics;

    /// <summary>Creates an exception from one diagnostic.</summary>
    public DiagnosticException(Diagnostic diagnostic, Exception? inner = null)
        : this([diagnostic], inner)
    {
    }

    /// <summary>What was found; never empty.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    /// <summary>An exception from one error with advice.</summary>
    internal static DiagnosticException Error(string code, string message, SourceSpan? span = null, string? hint = null) => new(Diagnostic.Error(code, message, span, hint));

    /// <summary>An exception whose findings are sorted by position; for findings of one file that were found out of order.</summary>
    public static DiagnosticException InOrder(IEnumerable<Diagnostic> diagnostics) => new([.. diagnostics.OrderBy(one => one.Span?.Start.Line ?? 0).ThenBy(one => one.Span?.Start.Column ?? 0)]);
}
