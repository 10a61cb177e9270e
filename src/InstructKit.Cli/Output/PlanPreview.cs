using InstructKit.Building;
using InstructKit.Building.Passes;
using InstructKit.Building.Selection;
using InstructKit.Building.Settings;
using InstructKit.Protocol;
using InstructKit.Tasks;

namespace InstructKit.Cli.Output;

/// <summary>What a plan comes to, rows counted.</summary>
/// <param name="Resolved">The plan with its data.</param>
/// <param name="Tasks">Each task with data.</param>
internal sealed record PlanPreview(ResolvedPlan Resolved, IReadOnlyList<PlanPreview.TaskRows> Tasks)
{
    private const long SampledRows = 200;

    /// <summary>True when conditions were evaluated and templates rendered on all rows; false for upper bounds.</summary>
    public bool IsExact { get; private init; }

    /// <summary>Tasks that may have fewer rows than is said here.</summary>
    public int Estimated => Tasks.Count(task => task.IsEstimate);

    /// <summary>What a sample of the rows came to, and how it was measured; null where nothing is measured.</summary>
    public (IReadOnlyList<BuiltTask> Tasks, TrainerView View)? Sample { get; init; }

    /// <summary>The plan with a sample of its rows measured, where it measures examples.</summary>
    public PlanPreview WithSample(CancellationToken cancel) =>
        TrainerView.Measures(Resolved.Plan) ? this with { Sample = (DatasetBuilder.Sample(Resolved, SampledRows, cancel, out var view), view) } : this;

    /// <summary>Sum of the mixing rates.</summary>
    public long TotalRate => Tasks.Sum(task => task.Rate);

    /// <summary>The training tasks in the order of the training set; null where that has no place for each.</summary>
    public TrainingLanes? Lanes { get; private init; }

    /// <summary>Training rows in all, repeated ones included.</summary>
    public long Total => Tasks.Sum(task => task.Total);

    /// <summary>Counts the rows of every slice that would be written.</summary>
    /// <param name="isExact">True to find out, by reading and rendering all of them, which rows are dropped; false for upper bounds.</param>
    /// <param name="cancel">Ends the counting.</param>
    public static PlanPreview Of(ResolvedPlan resolved, bool isExact, CancellationToken cancel)
    {
        var built = isExact ? DatasetBuilder.Count(resolved, null, cancel).Tasks.ToDictionary(task => task.Task.Task.Key, StringComparer.Ordinal) : null;
        List<TaskRows> tasks = [];
        resolved.Ranges.Cancel = cancel;
        var shares = MixtureForecast.Of(resolved);
        foreach (var task in resolved.Tasks)
        {
            List<SliceRows> slices = [];
            foreach (var split in task.Data.Splits.Keys)
            {
                cancel.ThrowIfCancellationRequested();
                var wanted = task.Outputs.Where(output => task.Data.Slices[output.Slice].Split == split).ToList();
                if (wanted.Count == 0) continue;

                var ranges = resolved.Ranges.Of(task.Task, task.Data, split, alwaysCount: true);
                slices.AddRange(wanted.Select(output =>
                {
                    var range = ranges.Of(output.Slice);
                    var cap = PlanCaps.Of(resolved.Plan, output.Split);
                    return new SliceRows(output.Slice, task.Data.Slices[output.Slice], output.Split, range.Count, range.CountShared(ranges.Before(output.Slice)), cap)
                    {
                        Counts = built?[task.Task.Key].Slices.First(slice => slice.Slice == output.Slice).Counts,
                    };
                }));
            }

            tasks.Add(new TaskRows(task, [.. slices.OrderBy(slice => slice.Slice)], shares.GetValueOrDefault(task.Task.Key)));
        }

        return new PlanPreview(resolved, tasks) { IsExact = isExact, Lanes = TrainingLanes.Of(resolved, shares) };
    }

    /// <summary>Rows of a task.</summary>
    /// <param name="Slices">Its slices that are written.</param>
    /// <param name="Share">What it has of the mixture; null for a held-out task.</param>
    internal sealed record TaskRows(ResolvedTask Task, IReadOnlyList<SliceRows> Slices, MixtureShare? Share)
    {
        /// <summary>Its mixing rate; 0 for a held-out task.</summary>
        public long Rate => Share?.Rate ?? 0;

        /// <summary>Its training rows in all, repeated ones included.</summary>
        public long Total => Share is null ? 0 : Slices.FirstOrDefault(slice => slice.Output == OutputSplit.Train)?.Counts is { } counts ? counts.Selected + counts.Repeated : Share.Total;

        /// <summary>True when a condition may drop rows that are counted here.</summary>
        public bool IsEstimate => Slices.Any(slice => slice.Counts is null) && (Task.Task.KeepIf.Count > 0 || Task.Data.Layout.KeepIf.Count > 0);
    }

    /// <summary>Rows of a slice.</summary>
    /// <param name="Source">It as a slice of the source's split.</param>
    /// <param name="Output">The output split.</param>
    /// <param name="Rows">Source rows in it.</param>
    /// <param name="Overlapping">Rows that lie in a slice of higher rank as well and belong to that one.</param>
    /// <param name="Cap">Maximum number of rows that are selected, or null.</param>
    internal sealed record SliceRows(SliceKind Slice, SplitSlice Source, string Output, long Rows, long Overlapping, long? Cap)
    {
        /// <summary>What became of its rows; null when they were not read.</summary>
        public SliceCounts? Counts { get; init; }

        /// <summary>Rows that are selected, as far as is known: at most so many when a condition may drop some.</summary>
        public long AtMost => Counts is { } counts ? counts.Selected : Math.Min(Rows - Overlapping, Cap ?? long.MaxValue);
    }
}
