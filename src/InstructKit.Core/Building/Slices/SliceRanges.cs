using InstructKit.Pipeline;
using InstructKit.Protocol;
using InstructKit.Sources;
using InstructKit.Sources.Formats;
using InstructKit.Tasks;
using InstructKit.Templates;

namespace InstructKit.Building.Slices;

/// <summary>Resolves the slices of tasks to positions in the order of their source split. The rows of a split are counted once.</summary>
/// <param name="seed">Seed of the order.</param>
/// <param name="order">The order if a task and its layout set none.</param>
/// <param name="jobs">Worker threads for counting groups.</param>
internal sealed class SliceRanges(long seed, RowOrder order, int jobs = 1)
{
    private const int MaxBuckets = 8;

    private readonly Dictionary<(SourceSpec Spec, string Files), long> _counts = [];
    private readonly List<(string Key, GroupBuckets Buckets)> _buckets = [];

    /// <summary>Row counts given instead of data; null for data.</summary>
    public RowCounts? Known { get; set; }

    /// <summary>Aborts a running count with an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancel { get; set; }

    /// <summary>The order in which a task's rows are taken.</summary>
    public RowOrder OrderOf(TaskDefinition task, Layout layout) => layout.Order ?? task.Order ?? order;

    /// <summary>The slices of a source split.</summary>
    /// <param name="data">Its files.</param>
    /// <param name="split">The source split.</param>
    /// <param name="isCapped">True when only a part of a slice may be taken, so its order matters.</param>
    /// <param name="alwaysCount">True to count the rows even if not needed, so that open ends are exact.</param>
    /// <exception cref="DiagnosticException">The files cannot be read (IK3xxx).</exception>
    public SplitSlices Of(TaskDefinition task, TaskData data, string split, bool isCapped = false, bool alwaysCount = false)
    {
        var slices = data.Slices.Where(slice => slice.Value.Split == split).OrderBy(slice => slice.Key).ToList();
        if (Known?.Of(task.Key, split) is { } known) return new SplitSlices(SplitOrder.Source, [.. slices.Select(slice => new RowSet(slice.Key, slice.Value.Resolve(known)))]);

        var isSeeded = OrderOf(task, data.Layout) == RowOrder.Seeded && (isCapped || slices.Any(slice => !slice.Value.IsWhole));
        try
        {
            if (isSeeded && task.Group is not null)
            {
                var buckets = Buckets(task, data, split);
                return new SplitSlices(new SplitOrder(buckets, seed), [.. slices.Select(slice => new RowSet(slice.Key, [.. slice.Value.Resolve(buckets.Count).Select(piece => (buckets.Snap(piece.From), buckets.Snap(piece.To)))]))]);
            }

            var count = isSeeded || alwaysCount || slices.Any(slice => slice.Value.NeedsCount) ? Count(data, split) : long.MaxValue;
            return new SplitSlices(isSeeded ? new SplitOrder(new RowPermutation(seed, count)) : SplitOrder.Source, [.. slices.Select(slice => new RowSet(slice.Key, slice.Value.Resolve(count)))]);
        }
        catch (DiagnosticException exception) when (BrokenSource.IsOne(exception))
        {
            throw BrokenSource.Of(task.Key, data.Folder, exception);
        }
    }

    private long Count(TaskData data, string split)
    {
        var key = (data.Layout.Source, FilesOf(data, split));
        return _counts.TryGetValue(key, out var known) ? known : _counts[key] = RowPass.Count(data.Layout.Source, data.Splits[split], Cancel);
    }

    // A few at a time: each takes two megabytes.
    private GroupBuckets Buckets(TaskDefinition task, TaskData data, string split)
    {
        var key = $"{task.Key}\n{data.Layout.Name}\n{FilesOf(data, split)}";
        if (_buckets.Find(known => known.Key == key).Buckets is { } found) return found;

        var program = CompiledTask.Compile(task, data.Layout, []);
        using var reader = RowReaders.Open(data.Layout.Source, data.Splits[split], program.SourceColumns);
        var buckets = GroupBuckets.Of(program, reader, seed, jobs, Cancel);
        if (_buckets.Count == MaxBuckets) _buckets.RemoveAt(0);

        _buckets.Add((key, buckets));
        return buckets;
    }

    private static string FilesOf(TaskData data, string split) => string.Join('\n', data.Splits[split].SelectMany(part => part.Files).Select(file => file.Path));
}
