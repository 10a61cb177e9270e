using InstructKit.Sources;

namespace InstructKit.Authoring.Drafting;

/// <summary>Everything that was found out, before it is written down.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Spec">How the file is read.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Answer">The one that is the answer.</param>
/// <param name="Choices">The one that holds the row's own options.</param>
/// <param name="Shape">What kind of question it is.</param>
/// <param name="Rows">Rows of the training file.</param>
/// <param name="Dialects">The ways of reading that were tried.</param>
internal sealed record DraftProposal(
    DraftRequest Request,
    SourceSpec Spec,
    IReadOnlyList<ColumnProfile> Columns,
    ColumnProfile Answer,
    ColumnProfile? Choices,
    DraftShape Shape,
    long Rows,
    IReadOnlyList<DelimitedDialect> Dialects)
{
    /// <summary>The columns that the question shows.</summary>
    public IReadOnlyList<ColumnProfile> Inputs { get; } = InputsOf(Columns, Answer, Choices);

    /// <summary>Columns that the task has: the answer, the choices and what the question shows.</summary>
    public IReadOnlyList<ColumnProfile> Used { get; } = UsedOf(Columns, Answer, Choices);

    private static List<ColumnProfile> UsedOf(IReadOnlyList<ColumnProfile> columns, ColumnProfile answer, ColumnProfile? choices)
    {
        // By reference: a file may have ten thousand columns, and a profile is compared by all that it holds.
        var inputs = InputsOf(columns, answer, choices).ToHashSet<ColumnProfile>(ReferenceEqualityComparer.Instance);
        return [.. columns.Where(column => ReferenceEquals(column, answer) || ReferenceEquals(column, choices) || inputs.Contains(column))];
    }

    private static List<ColumnProfile> InputsOf(IReadOnlyList<ColumnProfile> columns, ColumnProfile answer, ColumnProfile? choices)
    {
        List<ColumnProfile> inputs = [.. columns.Where(column => column != answer && column != choices && !column.IsIdentifier)];
        return inputs.Count > 0 ? inputs : [.. columns.Where(column => column != answer && column != choices)];
    }
}
