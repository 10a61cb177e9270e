namespace InstructKit.Diagnostics;

/// <summary>Thrown when work cannot go on; carries every diagnostic found so far, the first error first.</summary>
public class DiagnosticException : Exception
{
    /// <summary>Makes an exception from one or more diagnostics.</summary>
    public DiagnosticException(IReadOnlyList<Diagnostic> diagnostics, Exception? inner = null)
        : base(string.Join('\n', diagnostics), inner) => Diagnostics = diagnostics;

    /// <summary>Makes an exception from one diagnostic.</summary>
    public DiagnosticException(Diagnostic diagnostic, Exception? inner = null)
        : this([diagnostic], inner)
    {
    }

    /// <summary>What was found; never empty.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    /// <summary>An exception whose findings are in the order of their positions; for those of one file, found in another order.</summary>
    public static DiagnosticException InOrder(IEnumerable<Diagnostic> diagnostics) => new([.. diagnostics.OrderBy(one => one.Span?.Start.Line ?? 0).ThenBy(one => one.Span?.Start.Column ?? 0)]);
}
