using InstructKit.Diagnostics;
using InstructKit.Pipeline;
using InstructKit.Protocol;
using InstructKit.Sources;
using InstructKit.Tasks;

namespace InstructKit.Building;

/// <summary>Resolves the slices of tasks to positions in the order of their source split. The rows of a split are counted once.</summary>
/// <param name="seed">Seed of the order.</param>
/// <param name="order">The order where a task and its layout name none.</param>
internal sealed class SliceRanges(long seed, RowOrder order)
{
    private readonly Dictionary<(SourceSpec Spec, string Files), long> _counts = [];

    /// <summary>The order that a task's rows are taken in.</summary>
    public RowOrder OrderOf(TaskDefinition task, TaskData data) => data.Layout.Order ?? task.Order ?? order;

    /// <summary>The slices of a source split.</summary>
    /// <param name="task">The task.</param>
    /// <param name="data">Its files.</param>
    /// <param name="split">The source split.</param>
    /// <param name="isCapped">True when a part of a slice may be taken, so that its order matters.</param>
    /// <param name="alwaysCount">True to count the rows even when nothing needs it, so that open ends are exact.</param>
    /// <exception cref="DiagnosticException">The files cannot be read (IK3xxx).</exception>
    public SplitSlices Of(TaskDefinition task, TaskData data, string split, bool isCapped = false, bool alwaysCount = false)
    {
        var slices = data.Slices.Where(slice => slice.Value.Split == split).OrderBy(slice => slice.Key).ToList();
        var isSeeded = OrderOf(task, data) == RowOrder.Seeded && (isCapped || slices.Any(slice => !slice.Value.IsWhole));
        var count = isSeeded || alwaysCount || slices.Any(slice => slice.Value.NeedsCount) ? Count(task, data, split) : long.MaxValue;
        return new SplitSlices(isSeeded ? new SplitOrder(new RowPermutation(seed, count)) : SplitOrder.Source, [.. slices.Select(slice => new RowSet(slice.Key, slice.Value.Resolve(count)))]);
    }

    private long Count(TaskDefinition task, TaskData data, string split)
    {
        try
        {
            var key = (data.Layout.Source, string.Join('\n', data.Splits[split].SelectMany(part => part.Files).Select(file => file.Path)));
            return _counts.TryGetValue(key, out var known) ? known : _counts[key] = RowPass.Count(data.Layout.Source, data.Splits[split]);
        }
        catch (DiagnosticException exception) when (BrokenSource.IsOne(exception))
        {
            throw BrokenSource.Of(task.Key, data.Folder, exception);
        }
    }
}
