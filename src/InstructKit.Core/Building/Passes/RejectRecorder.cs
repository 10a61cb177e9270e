using InstructKit.Building.Plans;
using InstructKit.Sources;
using InstructKit.Templates;

namespace InstructKit.Building.Passes;

/// <summary>Accounts for every row of a split that became no example: counted by reason, kept in the reject file, or the end of the build.</summary>
/// <param name="task">The task's key.</param>
/// <param name="files">Names of the source's files.</param>
/// <param name="context">What all runs of a build share.</param>
/// <param name="split">The source split's name.</param>
/// <param name="folder">Where the files lie, for messages.</param>
internal sealed class RejectRecorder(string task, IReadOnlyList<string> files, BuildContext context, string split, string folder)
{
    /// <summary>Accounts for one row; called in the order of the input.</summary>
    /// <param name="batch">The batch that the row is in.</param>
    /// <param name="first">Ordinal of the batch's first row in the split.</param>
    /// <param name="counts">Where it is counted.</param>
    /// <param name="what">The row and what became of it.</param>
    /// <exception cref="DiagnosticException">The row is bad and the plan says to fail, or allows no more of them.</exception>
    public void Account(RowBatch batch, long first, SliceCounts counts, RowOutcome what)
    {
        var place = batch.Place(what.Row);
        var file = files[place.File];
        var isFault = what.Verdict.ErrorCode is not null;
        if (isFault && context.Plan.OnBadRow == BadRowPolicy.Fail) throw new DiagnosticException(Describe() with { Hint = HintFor(what) });

        if (!what.WholeRow) counts.SkipTemplate(what.Verdict.DropReason ?? what.Verdict.ErrorCode!);
        else if (isFault) counts.Rejected++;
        else counts.Drop(what.Verdict.DropReason!);

        if (isFault && !context.CountReject()) throw new DiagnosticException(RejectDescription.OneTooMany(context.Plan.MaxRejects, Describe()));

        // Nothing is wrong with a row without a label; a test set may consist of them.
        if (what.Verdict.DropReason != RowEvaluator.NoLabelReason) context.Rejects.Add(task, split, first + what.Row, file, batch, what);

        Diagnostic Describe() => RejectDescription.Describe(Path.Combine(folder, file), place, what, batch.Raw(what.Row));
    }

    private string HintFor(RowOutcome what) => what.Verdict.ErrorCode == RowCodes.ColumnMissing && context.OfferedColumns(task, split) is { Count: > 0 } offered
        ? RejectDescription.NearestColumn(what, offered)
        : $"Use --on-bad-row skip to skip and record such rows of the task {task}{Otherwise(what.Verdict.ErrorCode!)}.";

    private static string Otherwise(string code) => code switch
    {
        SourceCodes.DuplicateKey => ", or --duplicate-keys last to take the last value",
        SourceCodes.InvalidEncoding => ", or --invalid-utf8 replace to put U+FFFD in their place",
        _ => string.Empty,
    };
}
