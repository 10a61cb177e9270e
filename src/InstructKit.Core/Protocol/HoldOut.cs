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
