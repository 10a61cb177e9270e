using InstructKit.Sources;

namespace InstructKit.Authoring.Drafting;

/// <summary>Everything that was found out, before it is written down.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Spec">How the file is read.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Roles">What they are for.</param>
/// <param name="Shape">What kind of question it is.</param>
/// <param name="Rows">Rows of the training file.</param>
/// <param name="Dialects">The ways of reading that were tried.</param>
/// <param name="Notes">What its author should know.</param>
internal sealed record DraftProposal(
    DraftRequest Request, SourceSpec Spec, IReadOnlyList<ColumnProfile> Columns, ColumnRoles Roles, DraftShape Shape, long Rows, IReadOnlyList<DelimitedDialect> Dialects, IReadOnlyList<string> Notes)
{
    /// <summary>Columns that the task has: the answer, the choices, what the question shows and what decides about rows.</summary>
    public IReadOnlyList<ColumnProfile> Used { get; } = UsedOf(Columns, Roles);

    private static List<ColumnProfile> UsedOf(IReadOnlyList<ColumnProfile> columns, ColumnRoles roles)
    {
        // By reference: a file may have ten thousand columns, and a profile is compared by all that it holds.
        HashSet<ColumnProfile> used = new(ReferenceEqualityComparer.Instance) { roles.Answer };
        used.UnionWith(roles.Inputs);
        used.UnionWith(roles.Others);
        if (roles.Choices is { } choices) used.Add(choices);

        return [.. columns.Where(used.Contains)];
    }
}
