using InstructKit.Diagnostics;
using InstructKit.Sources.Formats;

namespace InstructKit.Building;

/// <summary>Resolves a task's slices to ranges of rows.</summary>
public static class SliceRanges
{
    /// <summary>The ranges of all slices that lie in a source split, those that are not written included: their rows are not for others.</summary>
    /// <param name="task">The task.</param>
    /// <param name="split">The source split.</param>
    /// <param name="alwaysCount">True to count the rows even when no bound needs it, so that open ends are exact.</param>
    /// <exception cref="DiagnosticException">The files cannot be read (IK3xxx).</exception>
    public static IReadOnlyList<RowSet> Of(ResolvedTask task, string split, bool alwaysCount = false)
    {
        var slices = task.Data.Slices.Where(slice => slice.Value.Split == split).OrderBy(slice => slice.Key).ToList();
        var count = alwaysCount || slices.Any(slice => slice.Value.NeedsCount) ? Count(task, split) : long.MaxValue;
        return
        [.. slices.Select(slice => new RowSet(slice.Key, slice.Value.Resolve(count)))];
    }

    private static long Count(ResolvedTask task, string split)
    {
        try
        {
            return RowReaders.CountRows(task.Data.Layout.Source, task.Data.Splits[split]);
        }
        catch (DiagnosticException exception) when (BrokenSource.IsOne(exception))
        {
            throw BrokenSource.Of(task, exception);
        }
    }
}
