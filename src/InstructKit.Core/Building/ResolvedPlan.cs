using InstructKit.Protocol;

namespace InstructKit.Building;

/// <summary>A plan against a catalogue and the files of this machine: who does what, with which data.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="HoldOut">Who trains, who is held out, who leaves.</param>
/// <param name="Tasks">Tasks with data, training tasks first, each side in catalogue order.</param>
/// <param name="Missing">Tasks without.</param>
public sealed record ResolvedPlan(BuildPlan Plan, HoldOut HoldOut, IReadOnlyList<ResolvedTask> Tasks, IReadOnlyList<MissingTask> Missing)
{
    /// <summary>The slices of the tasks; rows of files are counted once.</summary>
    internal SliceRanges Ranges { get; } = new(Plan.Seed, Plan.Order, Plan.Jobs);

    /// <summary>The shapes in which examples are written, the plan's format first.</summary>
    internal IReadOnlyList<BuildOutput> Outputs { get; init; } = [];

    /// <summary>Tasks named to be held out that were not selected and have data here: not written, and none of their rows may be trained on.</summary>
    internal IReadOnlyList<ResolvedTask> Unselected { get; init; } = [];

    /// <summary>How many templates of each task are used, from the first on; null for all.</summary>
    public int? FirstTemplates => Plan.FirstTemplates ?? HoldOut.Split?.Templates;
}
