namespace InstructKit.Protocol;

/// <summary>A named cluster scheme.</summary>
/// <param name="Key">Key, such as <c>paper</c>.</param>
/// <param name="Title">Display name.</param>
/// <param name="Cite">Where it is published.</param>
/// <param name="Clusters">Clusters in order.</param>
public sealed record ClusterScheme(string Key, string Title, string? Cite, IReadOnlyList<Cluster> Clusters)
{
    /// <summary>The cluster under a key or alias, or null.</summary>
    public Cluster? Find(string name) =>
        Clusters.FirstOrDefault(cluster => string.Equals(cluster.Key, name, StringComparison.Ordinal))
        ?? Clusters.FirstOrDefault(cluster => cluster.Aliases.Contains(name, StringComparer.Ordinal));

    /// <summary>The level of a task in a curriculum: that of its dataset, otherwise of its cluster; a task that is not in the scheme comes last.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cluster">Its cluster.</param>
    public int LevelOf(string task, string cluster) =>
        Clusters.SelectMany(one => one.Datasets).FirstOrDefault(dataset => dataset.Tasks.Contains(task, StringComparer.Ordinal))?.Level
        ?? (Of(task) ?? Find(cluster))?.Level
        ?? Clusters.Max(one => one.Level) + 1
        ?? 1;

    /// <summary>The cluster of a task, or null.</summary>
    public Cluster? Of(string task) => Clusters.FirstOrDefault(cluster => cluster.Tasks.Contains(task, StringComparer.Ordinal));
}

/// <summary>A set of tasks of one kind.</summary>
/// <param name="Key">Key.</param>
/// <param name="Title">Display name.</param>
/// <param name="Aliases">Other names accepted by commands.</param>
/// <param name="Datasets">Datasets in the order of the scheme.</param>
/// <param name="LeavesWith">Clusters that are also excluded from training when this one is held out.</param>
public sealed record Cluster(string Key, string Title, IReadOnlyList<string> Aliases, IReadOnlyList<ClusterDataset> Datasets, IReadOnlyList<string> LeavesWith)
{
    /// <summary>Its level in a curriculum, from 1; null if the scheme has none.</summary>
    public int? Level { get; init; }

    /// <summary>All tasks in order.</summary>
    public IEnumerable<string> Tasks => Datasets.SelectMany(dataset => dataset.Tasks);
}

/// <summary>A dataset of a scheme; the paper's ANLI, for example, has three tasks.</summary>
/// <param name="Name">Name as printed in the scheme's source.</param>
/// <param name="Tasks">Its tasks in order.</param>
public sealed record ClusterDataset(string Name, IReadOnlyList<string> Tasks)
{
    /// <summary>Its level in a curriculum if it differs from its cluster's; otherwise null.</summary>
    public int? Level { get; init; }
}

/// <summary>A published split: which tasks are trained on and which are tested.</summary>
/// <param name="Name">Its published name.</param>
/// <param name="Family">The family it belongs to, such as <c>inter_cluster</c>.</param>
/// <param name="Train">Tasks to train on.</param>
/// <param name="Test">Tasks to test.</param>
/// <param name="Templates">Number of templates used per task, starting with the first; null for all.</param>
/// <param name="Overlaps">True when the split intentionally tests on training tasks.</param>
public sealed record TaskSplit(string Name, string Family, IReadOnlyList<string> Train, IReadOnlyList<string> Test, int? Templates, bool Overlaps)
{
    /// <summary>The cluster scheme with which its family was published; null for the default.</summary>
    public string? Scheme { get; init; }
}

/// <summary>A task as seen by the hold-out rules.</summary>
/// <param name="Key">Its key.</param>
/// <param name="OwnCluster">The cluster named by a user's own task, or null.</param>
/// <param name="IsOwn">True for a user's own task; it is included although it is in no scheme.</param>
public sealed record CatalogueTask(string Key, string? OwnCluster = null, bool IsOwn = false)
{
    /// <summary>Further clusters named by a user's own task.</summary>
    public IReadOnlyList<string> MoreClusters { get; init; } = [];

    /// <summary>The clusters named by a user's own task.</summary>
    public IEnumerable<string> OwnClusters => OwnCluster is null ? MoreClusters : MoreClusters.Prepend(OwnCluster);

    /// <summary>True when a user's own task names the cluster.</summary>
    public bool Names(string cluster) => string.Equals(OwnCluster, cluster, StringComparison.Ordinal) || MoreClusters.Contains(cluster, StringComparer.Ordinal);

    /// <summary>Tasks whose rows a user's own task declares to read.</summary>
    public IReadOnlyList<string> SameSource { get; init; } = [];
}
