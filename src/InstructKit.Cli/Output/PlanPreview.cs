using System.Runtime.InteropServices;
using InstructKit.Building;
using InstructKit.Building.Passes;
using InstructKit.Building.Selection;
using InstructKit.Building.Settings;
using InstructKit.Lengths;
using InstructKit.Protocol;
using InstructKit.Tasks;

namespace InstructKit.Cli.Output;

/// <summary>Preview of a plan's result, with row counts.</summary>
/// <param name="Resolved">The plan with its data.</param>
/// <param name="Tasks">Each task with data.</param>
internal sealed record PlanPreview(ResolvedPlan Resolved, IReadOnlyList<PlanPreview.TaskRows> Tasks)
{
    private const long SampledRows = 200;

    /// <summary>True when conditions were evaluated and templates rendered on all rows; false for upper bounds.</summary>
    public bool IsExact { get; private init; }

    /// <summary>Tasks that may have fewer rows than stated here.</summary>
    public int Estimated => Tasks.Count(task => task.IsEstimate);

    /// <summary>Measurements of a sample of the rows, and how they were taken; null if nothing is measured.</summary>
    public (IReadOnlyList<BuiltTask> Tasks, TrainerView View)? Sample { get; init; }

    /// <summary>The plan with a sample of its rows measured if it measures examples.</summary>
    public PlanPreview WithSample(CancellationToken cancel) =>
        TrainerView.Measures(Resolved.Plan) ? this with { Sample = (DatasetBuilder.Sample(Resolved, SampledRows, cancel, out var view), view) } : this;

    /// <summary>The estimated packing result: from each task as many sampled lengths as it has in a window of the split. Empty if nothing is packed or sampled.</summary>
    public IEnumerable<PackingEstimate> Packing()
    {
        if (Sample is not { } sample || Resolved.Plan.Packing is not { Length: { } capacity } packing) yield break;

        foreach (var split in (string[])[OutputSplit.Train, OutputSplit.Validation])
        {
            List<(List<int> Lengths, double Examples)> parts = [];
            foreach (var (built, task) in sample.Tasks.Zip(Tasks))
            {
                if (built.Slices.FirstOrDefault(slice => slice.Split == split)?.Counts is not { Lengths.Total: { Count: > 0 } lengths } counts) continue;

                // A mixture by rates replaces dropped rows with others.
                var rows = split == OutputSplit.Train ? task.Total : task.Slices.Where(slice => slice.Output == split).Sum(slice => slice.AtMost);
                var seen = Resolved.Plan.Mixture.Kind is null or MixtureKind.Once || split != OutputSplit.Train ? counts.Read : counts.Selected;
                parts.Add(([.. lengths.Counts.SelectMany(one => Enumerable.Repeat(one.Length, (int)one.Count))], (double)rows * counts.Examples / seen));
            }

            var examples = parts.Sum(part => part.Examples);
            if (examples == 0) continue;

            var window = Math.Min(packing.Window, examples);
            List<int> drawn = [];
            foreach (var (lengths, own) in parts)
            {
                var count = (int)Math.Round(window * own / examples);
                for (var i = 0; i < count; i++) drawn.Add(lengths[(int)((i + 0.5) / count * lengths.Count)]);
            }

            if (drawn.Count == 0) continue;

            var filled = drawn.Sum(length => (long)length) / ((double)SequencePacking.Pack(CollectionsMarshal.AsSpan(drawn), capacity).Count * capacity);
            yield return new PackingEstimate(split, (long)Math.Round(parts.Sum(part => part.Examples * part.Lengths.Average()) / (filled * capacity)), filled);
        }
    }

    /// <summary>Estimated packing result of a split.</summary>
    /// <param name="Split">The output split.</param>
    /// <param name="Sequences">Approximate number of sequences.</param>
    /// <param name="Utilisation">The fraction of them filled with tokens, from 0 to 1.</param>
    internal sealed record PackingEstimate(string Split, long Sequences, double Utilisation);

    /// <summary>Sum of the mixing rates.</summary>
    public long TotalRate => Tasks.Sum(task => task.Rate);

    /// <summary>The training tasks in the order of the training set; null if that does not list each of them.</summary>
    public TrainingLanes? Lanes { get; private init; }

    /// <summary>Total training rows, including repeated ones.</summary>
    public long Total => Tasks.Sum(task => task.Total);

    /// <summary>Counts the rows of every slice that would be written.</summary>
    /// <param name="isExact">True to read and render all rows to find out which are dropped; false for upper bounds.</param>
    /// <param name="cancel">Cancels the counting.</param>
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
    /// <param name="Share">Its share of the mixture; null for a held-out task.</param>
    internal sealed record TaskRows(ResolvedTask Task, IReadOnlyList<SliceRows> Slices, MixtureShare? Share)
    {
        /// <summary>Its mixing rate; 0 for a held-out task.</summary>
        public long Rate => Share?.Rate ?? 0;

        /// <summary>Its total training rows, including repeated ones.</summary>
        public long Total => Share is null ? 0 : Slices.FirstOrDefault(slice => slice.Output == OutputSplit.Train)?.Counts is { } counts ? counts.Selected + counts.Repeated : Share.Total;

        /// <summary>True when a condition may drop rows that are counted here.</summary>
        public bool IsEstimate => Slices.Any(slice => slice.Counts is null) && (Task.Task.KeepIf.Count > 0 || Task.Data.Layout.KeepIf.Count > 0);
    }

    /// <summary>Rows of a slice.</summary>
    /// <param name="Source">The slice of the source's split.</param>
    /// <param name="Output">The output split.</param>
    /// <param name="Rows">Source rows in it.</param>
    /// <param name="Overlapping">Rows that are also in a slice of higher rank and belong to that one.</param>
    /// <param name="Cap">Maximum number of selected rows, or null.</param>
    internal sealed record SliceRows(SliceKind Slice, SplitSlice Source, string Output, long Rows, long Overlapping, long? Cap)
    {
        /// <summary>Outcome of its rows; null if they were not read.</summary>
        public SliceCounts? Counts { get; init; }

        /// <summary>Number of selected rows, as far as known: an upper bound if a condition may drop some.</summary>
        public long AtMost => Counts is { } counts ? counts.Selected : Math.Min(Rows - Overlapping, Cap ?? long.MaxValue);
    }
}
