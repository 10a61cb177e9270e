using InstructKit.Tasks;

namespace InstructKit.Protocol;

/// <summary>Who trains, who is held out, who leaves and why: the outcome of a <see cref="HoldOutRequest"/>.</summary>
public sealed record HoldOut
{
    /// <summary>The scheme that counted.</summary>
    public required ClusterScheme Scheme { get; init; }

    /// <summary>The published split that was asked for, or null.</summary>
    public TaskSplit? Split { get; init; }

    /// <summary>Held-out clusters, by key.</summary>
    public IReadOnlyList<string> Clusters { get; init; } = [];

    /// <summary>Clusters that leave training with them, by key.</summary>
    public IReadOnlyList<string> AlsoExcluded { get; init; } = [];

    /// <summary>Tasks to train on, in catalogue order.</summary>
    public required IReadOnlyList<string> Train { get; init; }

    /// <summary>Tasks held out, in catalogue order.</summary>
    public required IReadOnlyList<string> HeldOut { get; init; }

    /// <summary>Tasks that are named to be held out but are not among the selected ones, in catalogue order: nothing of them is written, and their rows must not be trained on.</summary>
    internal IReadOnlyList<string> Unselected { get; init; } = [];

    /// <summary>Tasks that take no part.</summary>
    public IReadOnlyList<ExcludedTask> Excluded { get; init; } = [];

    /// <summary>Tasks named by a published split that the catalogue does not have.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>The cluster that a task counts under in the output: that of the scheme, or the one its own file names, or <c>none</c>.</summary>
    public string ClusterOf(string task, string? own = null) => Scheme.Of(task)?.Key ?? own ?? "none";
}

/// <summary>A task that takes no part in training or evaluation, and why.</summary>
/// <param name="Task">Its key.</param>
/// <param name="Reason">One clause for people, such as <c>its cluster paraphrase leaves with natural_language_inference</c>.</param>
public sealed record ExcludedTask(string Task, string Reason)
{
    /// <summary>The key or option that keeps it, one clause; null where it is left out as the plan says.</summary>
    public string? Cure { get; init; }
}

/// <summary>What is to be held out.</summary>
public sealed record HoldOutRequest
{
    /// <summary>Scheme by key; null for the first one that knows the names.</summary>
    public LocatedName? Scheme { get; init; }

    /// <summary>Clusters, tasks or one published split; empty to hold out nothing.</summary>
    public IReadOnlyList<LocatedName> Names { get; init; } = [];

    /// <summary>Tasks or clusters to choose from; null for the whole catalogue.</summary>
    public IReadOnlyList<LocatedName>? Tasks { get; init; }

    /// <summary>Tasks or clusters to train on and no others; null for all that the rules leave.</summary>
    public IReadOnlyList<LocatedName>? Train { get; init; }

    /// <summary>True to keep the clusters in training that leave with a held-out one.</summary>
    public bool KeepRelated { get; init; }
}
