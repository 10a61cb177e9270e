using InstructKit.Building.Plans;
using InstructKit.Building.Slices;
using InstructKit.Protocol;
using InstructKit.Tasks;

namespace InstructKit.Building.Selection;

/// <summary>A plan resolved against a catalogue and the files of this machine: the use of each task, with its data.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="HoldOut">Trained, held-out and excluded tasks.</param>
/// <param name="Tasks">Tasks with data, training tasks first, each side in catalogue order.</param>
/// <param name="Missing">Tasks without data.</param>
public sealed record ResolvedPlan(BuildPlan Plan, HoldOut HoldOut, IReadOnlyList<ResolvedTask> Tasks, IReadOnlyList<MissingTask> Missing)
{
    /// <summary>The slices of the tasks; rows of files are counted once.</summary>
    internal SliceRanges Ranges { get; } = new(Plan.Seed, Plan.Order, Plan.Jobs);

    /// <summary>The output formats of examples, the plan's main format first.</summary>
    internal IReadOnlyList<BuildOutput> Outputs { get; init; } = [];

    /// <summary>Held-out tasks that were not selected but have data here: not written, and none of their rows may be trained on.</summary>
    internal IReadOnlyList<ResolvedTask> Unselected { get; init; } = [];

    /// <summary>Number of templates used per task, starting with the first; null for all.</summary>
    public int? FirstTemplates => Plan.FirstTemplates ?? HoldOut.Split?.Templates;

    /// <summary>True when held-out tasks must not be trained on; some of FLAN's published splits intentionally test on training tasks.</summary>
    internal bool IsApart => HoldOut.Split is not { Overlaps: true };

    /// <summary>True when some rows are asked with exemplars.</summary>
    internal bool HasExemplars => Plan.FewShot.Exemplars > 0 || Plan.EvalAlso.Any(way => way.Exemplars > 0);

    /// <summary>How the rows of a task are asked.</summary>
    /// <param name="scored">True for rows that are scored.</param>
    internal Asking AskingOf(ResolvedTask task, bool scored) =>
        new(Plan.Options, Plan.FewShot.AppliesTo(scored) ? Plan.FewShot : new FewShot(), IsBaseline: task.Use == TaskUse.HeldOut && Plan.Baseline && task.Task.Baseline.Count > 0);

    /// <summary>Prompts of a task that only its evaluation sets use, after those of <see cref="TemplatesOf"/>.</summary>
    internal IReadOnlyList<TemplateDefinition> TemplatesBeside(ResolvedTask task) =>
        Plan.EvalAlso.Contains(EvaluationWay.Baseline) && !AskingOf(task, scored: true).IsBaseline && task.Outputs.Any(output => OutputSplit.IsScored(output.Split)) ? task.Task.Baseline : [];

    /// <summary>The templates of a task that a plan uses: the first n, inverted ones only in training and only when wanted.</summary>
    internal IReadOnlyList<TemplateDefinition> TemplatesOf(ResolvedTask task)
    {
        if (task.Use == TaskUse.HeldOut && Plan.Baseline && task.Task.Baseline.Count > 0) return task.Task.Baseline;

        var instructions = BarePrompts.UseOf(Plan, task.Use);
        if (instructions == InstructionUse.None) return task.Task.Bare;
        if (instructions == InstructionUse.Name) return [.. task.Task.Bare.Select(prompt => BarePrompts.Named(prompt, BarePrompts.NameOf(HoldOut.Scheme, task)))];

        var templates = task.Task.Templates.Take(FirstTemplates ?? int.MaxValue);
        // The answer that a reward verifies is that of a direct template.
        var inverted = Plan.Inverted && !Plan.Also.Prepend(Plan.Format).Any(format => format.IsVerified);
        return [.. RationaleTemplates.Choose(task.Task, templates, Plan.Rationale).Where(template => template.Kind == TemplateKind.Direct || (task.Use == TaskUse.Train && inverted))];
    }
}

/// <summary>A task of a build with its data.</summary>
/// <param name="Task">The definition, variant applied.</param>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Use">Its use in the build.</param>
/// <param name="Data">Its files.</param>
public sealed record ResolvedTask(TaskDefinition Task, string Cluster, TaskUse Use, TaskData Data)
{
    /// <summary>True to write the test slice of a training task; never of one without a direct template, since scored rows use direct templates.</summary>
    public bool InTaskTest { get; init; }

    /// <summary>True for a user's own task.</summary>
    public bool IsOwn { get; init; }

    /// <summary>The task's written slices, with their output splits.</summary>
    public IEnumerable<(SliceKind Slice, string Split)> Outputs =>
        Data.Roles.Select(slice => (slice, OutputSplit.Of(Use, slice, InTaskTest))).Where(pair => pair.Item2 is not null).Select(pair => (pair.slice, pair.Item2!));
}

/// <summary>A selected task without files here.</summary>
/// <param name="Task">Its key.</param>
/// <param name="Use">Its intended use.</param>
/// <param name="Reason">What was looked for and where.</param>
public sealed record MissingTask(string Task, TaskUse Use, string Reason);

/// <summary>Use of a task in a build.</summary>
public enum TaskUse
{
    /// <summary>Its rows are trained on.</summary>
    Train,

    /// <summary>Its rows are evaluated, never trained on.</summary>
    HeldOut,
}
