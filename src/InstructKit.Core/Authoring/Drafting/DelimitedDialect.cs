using InstructKit.Sources;

namespace InstructKit.Authoring.Drafting;

/// <summary>One way of reading a delimited file, and what comes of it.</summary>
/// <param name="Name">What it is called in messages, such as <c>tab, no quotes</c>.</param>
/// <param name="Spec">The words of the layout.</param>
/// <param name="Columns">Number of columns of the header.</param>
/// <param name="Rows">Rows read, those with a fault included.</param>
/// <param name="Faults">Rows among them that do not fit the header or whose quotes are broken.</param>
/// <param name="Lines">Lines of the file that stand inside a quoted field of another row: text with line ends, or lines that a stray quote swallowed.</param>
public sealed record DelimitedDialect(string Name, SourceSpec Spec, int Columns, long Rows, long Faults, long Lines)
{
    /// <summary>Rows that this reading loses or leaves with marks that are no data, in rows.</summary>
    internal double Loss { get; init; }

    /// <summary>The loss as a share of the rows.</summary>
    internal double Share => Rows == 0 ? 1 : Loss / Rows;

    /// <summary>True when fields begin and end with single quotes, which this reading takes for text.</summary>
    internal bool HasSingleQuotes { get; init; }

    /// <summary>Why no build could read the file to its end in this way; null when one can.</summary>
    internal DiagnosticException? Failure { get; init; }

    /// <summary>What is unusual in the lines above the rows.</summary>
    internal IReadOnlyList<string> Notes { get; init; } = [];
}
