namespace InstructKit.Protocol;

/// <summary>A set of tasks of one kind.</summary>
/// <param name="Key">Key.</param>
/// <param name="Title">Name for people.</param>
/// <param name="Aliases">Other names that commands take.</param>
/// <param name="Datasets">Datasets in the order of the scheme.</param>
/// <param name="LeavesWith">Clusters that leave training together with this one when it is held out.</param>
public sealed record Cluster(string Key, string Title, IReadOnlyList<string> Aliases, IReadOnlyList<ClusterDataset> Datasets, IReadOnlyList<string> LeavesWith)
{
    /// <summary>Its level in a curriculum, from 1 on; null when the scheme says none.</summary>
    public int? Level { get; init; }

    /// <summary>All tasks in order.</summary>
    public IEnumerable<string> Tasks => Datasets.SelectMany(dataset => dataset.Tasks);
}
