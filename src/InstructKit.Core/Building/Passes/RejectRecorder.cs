using InstructKit.Building.Plans;
using InstructKit.Sources;
using InstructKit.Templates;

namespace InstructKit.Building.Passes;

/// <summary>Accounts for every row of a split that yields no example: it is counted by reason, written to the reject file, or fails the build.</summary>
/// <param name="task">The task's key.</param>
/// <param name="files">Names of the source's files.</param>
/// <param name="context">Shared by all passes of a build.</param>
/// <param name="split">The source split's name.</param>
/// <param name="folder">Folder of the files, for messages.</param>
internal sealed class RejectRecorder(string task, IReadOnlyList<string> files, BuildContext context, string split, string folder)
{
    /// <summary>Accounts for one row; called in the order of the input.</summary>
    /// <param name="first">Ordinal of the batch's first row in the split.</param>
    /// <param name="what">The row and its outcome.</param>
    /// <exception cref="DiagnosticException">The row is bad and the plan fails on bad rows, or allows no more of them.</exception>
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

        // A row without a label is not an error; a test set may consist of them.
        if (what.Verdict.DropReason != RowEvaluator.NoLabelReason) context.Rejects.Add(task, split, first + what.Row, file, batch, what);

        Diagnostic Describe() => RejectDescription.Describe(Path.Combine(folder, file), place, what, batch.Raw(what.Row));
    }

    private string HintFor(RowOutcome what) => what.Verdict.ErrorCode == RowCodes.ColumnMissing && context.OfferedColumns(task, split) is { Count: > 0 } offered
        ? RejectDescription.NearestColumn(what, offered)
        : $"Use --on-bad-row skip to skip and record such rows of the task {task}{Otherwise(what.Verdict.ErrorCode!)}.";

    private static string Otherwise(string code) => code switch
    {
        SourceCodes.DuplicateKey => ", or --duplicate-keys last to take the last value",
        SourceCodes.InvalidEncoding => ", or --invalid-utf8 replace to replace them with U+FFFD",
        _ => string.Empty,
    };
}

/// <summary>Reports an unusable row to the user.</summary>
internal static class RejectDescription
{
    // Longer rows are truncated in messages.
    private const int MaxShown = 4096;

    /// <summary>A finding at the row's first line, which is a separate source text, numbered as in the file.</summary>
    /// <param name="place">Position of the row.</param>
    /// <param name="what">The outcome; has a fault.</param>
    /// <param name="raw">The row's bytes.</param>
    public static Diagnostic Describe(string file, RowLocation place, RowOutcome what, ReadOnlySpan<byte> raw)
    {
        var end = raw.IndexOfAny((byte)'\n', (byte)'\r');
        var bytes = end < 0 ? raw : raw[..end];
        var text = Encoding.UTF8.GetString(bytes.Length > MaxShown ? bytes[..MaxShown] : bytes);
        var column = what.Column < 0 ? 0 : Encoding.UTF8.GetCharCount(bytes[..Math.Clamp(what.Column - place.Indent, 0, Math.Min(bytes.Length, MaxShown))]);
        var source = SourceText.Embedded(file, text, own => new LinePosition((int)Math.Min(int.MaxValue, place.Line - 1), own.Column + place.Indent));
        return new Diagnostic(
            what.Verdict.ErrorCode!, Severity.Error, what.Verdict.Message!,
            new SourceSpan(source, Math.Min(column, text.Length), what.Column < 0 ? text.Length : 0));
    }

    /// <summary>The finding for a row that exceeds the number of rejects the plan allows.</summary>
    /// <param name="most">The number the plan allows.</param>
    /// <param name="last">The finding about the row itself.</param>
    public static Diagnostic OneTooMany(long? most, Diagnostic last) => last with
    {
        Code = BuildCodes.TooManyRejects,
        Message = string.Create(CultureInfo.InvariantCulture, $"More than {most} row{(most == 1 ? string.Empty : "s")} cannot be used; of this one {last.Code} says: {last.Message}"),
        Hint = "Raise --max-rejects, or fix the data.",
    };

    /// <summary>For a column missing in the row: the file's column that may be meant, or all of them.</summary>
    public static string NearestColumn(RowOutcome what, IReadOnlyList<string> offered) =>
        MissingName(what.Verdict.Message!) is var name && offered.Contains(name, StringComparer.Ordinal) ? "Other rows have it; a '?' after its type under 'columns' allows rows without it."
            : NearestName.Hint(name, offered) ?? $"The file has {string.Join(", ", offered.Take(12))}.";

    private static string MissingName(string message) => message.Split('\'') is [_, var name, ..] ? name : string.Empty;
}
