using InstructKit.Diagnostics;
using InstructKit.Pipeline;
using InstructKit.Tasks;

namespace InstructKit.Building;

/// <summary>Resolves a task's slices to ranges of rows.</summary>
public static class SliceRanges
{
    /// <summary>The ranges of all slices that lie in a source split, those that are not written included: their rows are not for others.</summary>
    /// <param name="task">The task.</param>
    /// <param name="data">Its files.</param>
    /// <param name="split">The source split.</param>
    /// <param name="alwaysCount">True to count the rows even when no bound needs it, so that open ends are exact.</param>
    /// <exception cref="DiagnosticException">The files cannot be read (IK3xxx).</exception>
    public static IReadOnlyList<RowSet> Of(TaskDefinition task, TaskData data, string split, bool alwaysCount = false)
    {
        var slices = data.Slices.Where(slice => slice.Value.Split == split).OrderBy(slice => slice.Key).ToList();
        var count = alwaysCount || slices.Any(slice => slice.Value.NeedsCount) ? Count(task, data, split) : long.MaxValue;
        return
        [.. slices.Select(slice => new RowSet(slice.Key, slice.Value.Resolve(count)))];
    }

    private static long Count(TaskDefinition task, TaskData data, string split)
    {
        try
        {
            return RowPass.Count(data.Layout.Source, data.Splits[split]);
        }
        catch (DiagnosticException exception) when (BrokenSource.IsOne(exception))
        {
            throw BrokenSource.Of(task.Key, data.Folder, exception);
        }
    }
}
