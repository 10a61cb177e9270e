using InstructKit.Building.Passes;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Protocol;
using InstructKit.Sinks;
using InstructKit.Tasks;

namespace InstructKit.Building;

/// <summary>Result of a build.</summary>
/// <param name="Resolved">The resolved plan.</param>
/// <param name="Tasks">Result of each task.</param>
/// <param name="Outputs">Files with examples, in the order of <see cref="OutputSplit.All"/>.</param>
/// <param name="Rejects">The reject file, or null when every row was used.</param>
/// <param name="Rejected">Number of unusable rows (not counting dropped rows).</param>
public sealed record BuildReport(
    ResolvedPlan Resolved, IReadOnlyList<BuiltTask> Tasks, IReadOnlyList<PublishedFile> Outputs, PublishedFile? Rejects, long Rejected)
{
    /// <summary>Variants in the plan's <c>eval.also</c> that could not be applied to some tasks.</summary>
    public IReadOnlyList<(string Task, EvaluationWay Way)> NotAsked { get; init; } = [];

    /// <summary>Files of the evaluation sets, below <c>eval/</c>; empty if none are written.</summary>
    public IReadOnlyList<PublishedFile> Evaluation { get; init; } = [];

    /// <summary>How examples were measured; null when they were not.</summary>
    internal TrainerView? View { get; init; }

    /// <summary>Packing results by output split; empty if nothing is packed.</summary>
    public IReadOnlyList<PackedSplit> Packed { get; init; } = [];

    /// <summary>Lengths of the examples of each task in each split; empty if lengths are not counted.</summary>
    internal IReadOnlyList<LengthRow> Lengths => View is { IsReported: true } ? LengthRow.Of(Tasks) : [];

    /// <summary>Held-out rows among the training rows, by pairs of tasks.</summary>
    public IReadOnlyList<LeakCount> Leaks { get; init; } = [];

    /// <summary>Each training task's share of the mixture; empty when every row is used once.</summary>
    internal IReadOnlyDictionary<string, MixtureShare> Shares { get; init; } = new Dictionary<string, MixtureShare>(StringComparer.Ordinal);

    /// <summary>The training tasks with their shares of the mixture, in order.</summary>
    internal IEnumerable<ManifestShare> Mixture
    {
        get
        {
            List<(BuiltTask Task, List<SliceCounts> Counts)> train =
                [.. Tasks.Where(task => task.Task.Use == TaskUse.Train).Select(task => (task, task.Slices.Where(slice => slice.Split == OutputSplit.Train).Select(slice => slice.Counts).ToList()))];
            var total = train.Sum(task => task.Counts.Sum(counts => counts.Examples));
            foreach (var (task, counts) in train)
            {
                var share = Shares.GetValueOrDefault(task.Task.Task.Key);
                var rows = share?.Rows ?? counts.Sum(one => one.Read);
                var examples = counts.Sum(one => one.Examples);
                yield return new ManifestShare(
                    task.Task.Task.Key, rows, share?.Rate ?? Math.Min(rows, Resolved.Plan.Mixture.MaxRate), share?.Total, counts.Sum(one => one.Selected), counts.Sum(one => one.Repeated), counts.Sum(one => one.Short), examples,
                    total == 0 ? 0 : Math.Round((decimal)examples / total, 6));
            }
        }
    }

    /// <summary>Small files in addition to the examples, such as snippets for trainers.</summary>
    public IReadOnlyList<PublishedFile> Companions { get; init; } = [];

    /// <summary>Examples in all splits, regardless of the number of output formats.</summary>
    public long AllExamples => OutputSplit.All.Sum(Examples);

    /// <summary>Examples in an output split.</summary>
    public long Examples(string split) => Tasks.SelectMany(task => task.Slices).Where(slice => slice.Split == split).Sum(slice => slice.Counts.Examples);
}

/// <summary>Result of building one task.</summary>
/// <param name="Task">The task with its data.</param>
/// <param name="Prompts">Templates used, in order.</param>
/// <param name="Slices">Its slices.</param>
/// <param name="Inputs">Its input files.</param>
public sealed record BuiltTask(ResolvedTask Task, IReadOnlyList<TemplateDefinition> Prompts, IReadOnlyList<BuiltSlice> Slices, IReadOnlyList<InputFiles> Inputs)
{
    /// <summary>The order in which its slices took rows.</summary>
    public RowOrder Order { get; init; }

    /// <summary>Rows and examples missing from evaluation sets of other variants; empty if they match the task's own.</summary>
    public IReadOnlyList<TreeLoss> TreeLosses { get; init; } = [];
}

/// <summary>Rows and examples of a slice that are missing from a tree of evaluation sets although the task's own variant has them.</summary>
/// <param name="Tree">Name of the tree, such as <c>test-2-shot</c>.</param>
/// <param name="Dropped">Rows dropped only there, by reason.</param>
/// <param name="TemplatesSkipped">Examples skipped only there, by reason or error code.</param>
public sealed record TreeLoss(string Tree, IReadOnlyDictionary<string, long> Dropped, IReadOnlyDictionary<string, long> TemplatesSkipped)
{
    internal static TreeLoss? Of(string tree, SliceCounts counts, SliceCounts own)
    {
        var (dropped, skipped) = (Beyond(counts.Dropped, own.Dropped), Beyond(counts.SkippedTemplates, own.SkippedTemplates));
        return dropped.Count + skipped.Count == 0 ? null : new TreeLoss(tree, dropped, skipped);
    }

    private static SortedDictionary<string, long> Beyond(IReadOnlyDictionary<string, long> counts, IReadOnlyDictionary<string, long> own) =>
        new(counts.Select(one => KeyValuePair.Create(one.Key, one.Value - own.GetValueOrDefault(one.Key))).Where(one => one.Value > 0).ToDictionary(), StringComparer.Ordinal);
}

/// <summary>Result of building one slice of a task.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Source">The slice of the source's split.</param>
/// <param name="Split">The output split.</param>
/// <param name="Counts">Counts of its rows.</param>
public sealed record BuiltSlice(SliceKind Slice, SplitSlice Source, string Split, SliceCounts Counts);
