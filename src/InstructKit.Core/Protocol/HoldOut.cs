using InstructKit.Tasks;

namespace InstructKit.Protocol;

/// <summary>Trained, held-out and excluded tasks, with reasons: the result of a <see cref="HoldOutRequest"/>.</summary>
public sealed record HoldOut
{
    /// <summary>The scheme that was applied.</summary>
    public required ClusterScheme Scheme { get; init; }

    /// <summary>The requested published split, or null.</summary>
    public TaskSplit? Split { get; init; }

    /// <summary>Held-out clusters, by key.</summary>
    public IReadOnlyList<string> Clusters { get; init; } = [];

    /// <summary>Clusters excluded from training with them, by key.</summary>
    public IReadOnlyList<string> AlsoExcluded { get; init; } = [];

    /// <summary>Tasks to train on, in catalogue order.</summary>
    public required IReadOnlyList<string> Train { get; init; }

    /// <summary>Tasks held out, in catalogue order.</summary>
    public required IReadOnlyList<string> HeldOut { get; init; }

    /// <summary>Held-out tasks that are not among the selected ones, in catalogue order: not written, but their rows must not be trained on.</summary>
    internal IReadOnlyList<string> Unselected { get; init; } = [];

    /// <summary>Excluded tasks.</summary>
    public IReadOnlyList<ExcludedTask> Excluded { get; init; } = [];

    /// <summary>Tasks of a published split that are not in the catalogue.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>The cluster of a task in the output: that of the scheme, or the one in its own file, or <c>none</c>.</summary>
    public string ClusterOf(string task, string? own = null) => Scheme.Of(task)?.Key ?? own ?? "none";
}

/// <summary>A task excluded from training and evaluation, with the reason.</summary>
/// <param name="Task">Its key.</param>
/// <param name="Reason">One clause for display, such as <c>its cluster paraphrase leaves with natural_language_inference</c>.</param>
public sealed record ExcludedTask(string Task, string Reason)
{
    /// <summary>The key or option that keeps it, one clause; null if the plan excludes it.</summary>
    public string? Cure { get; init; }
}

/// <summary>What to hold out.</summary>
public sealed record HoldOutRequest
{
    /// <summary>Scheme by key; null for the first one that contains the names.</summary>
    public LocatedName? Scheme { get; init; }

    /// <summary>Clusters, tasks or one published split; empty to hold out nothing.</summary>
    public IReadOnlyList<LocatedName> Names { get; init; } = [];

    /// <summary>Selected tasks or clusters; null for the whole catalogue.</summary>
    public IReadOnlyList<LocatedName>? Tasks { get; init; }

    /// <summary>The only tasks or clusters to train on; null for all that the rules allow.</summary>
    public IReadOnlyList<LocatedName>? Train { get; init; }

    /// <summary>True to keep clusters in training that would be excluded with a held-out one.</summary>
    public bool KeepRelated { get; init; }
}
