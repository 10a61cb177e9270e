namespace InstructKit.Protocol;

/// <summary>A named clustering.</summary>
/// <param name="Key">Key, such as <c>paper</c>.</param>
/// <param name="Title">Name for people.</param>
/// <param name="Cite">Where it is published.</param>
/// <param name="Clusters">Clusters in order.</param>
public sealed record ClusterScheme(string Key, string Title, string? Cite, IReadOnlyList<Cluster> Clusters)
{
    /// <summary>The cluster under a key or alias, or null.</summary>
    public Cluster? Find(string name) =>
        Clusters.FirstOrDefault(cluster => string.Equals(cluster.Key, name, StringComparison.Ordinal))
        ?? Clusters.FirstOrDefault(cluster => cluster.Aliases.Contains(name, StringComparer.Ordinal));

    /// <summary>The level of a task in a curriculum: that of its dataset, else of its cluster; a task of which the scheme says nothing comes last.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cluster">The cluster that it counts under.</param>
    public int LevelOf(string task, string cluster) =>
        Clusters.SelectMany(one => one.Datasets).FirstOrDefault(dataset => dataset.Tasks.Contains(task, StringComparer.Ordinal))?.Level
        ?? (Of(task) ?? Find(cluster))?.Level
        ?? Clusters.Max(one => one.Level) + 1
        ?? 1;

    /// <summary>The cluster of a task, or null.</summary>
    public Cluster? Of(string task) => Clusters.FirstOrDefault(cluster => cluster.Tasks.Contains(task, StringComparer.Ordinal));
}
