namespace InstructKit.Protocol;

/// <summary>A task as the hold-out rules see it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="OwnCluster">The cluster that a user's own task names, or null.</param>
/// <param name="IsOwn">True for a user's own task; it takes part although no scheme has it.</param>
public sealed record CatalogueTask(string Key, string? OwnCluster = null, bool IsOwn = false)
{
    /// <summary>Further clusters that a user's own task names.</summary>
    public IReadOnlyList<string> MoreClusters { get; init; } = [];

    /// <summary>The clusters that a user's own task names.</summary>
    public IEnumerable<string> OwnClusters => OwnCluster is null ? MoreClusters : MoreClusters.Prepend(OwnCluster);

    /// <summary>True when a user's own task names the cluster.</summary>
    public bool Names(string cluster) => string.Equals(OwnCluster, cluster, StringComparison.Ordinal) || MoreClusters.Contains(cluster, StringComparer.Ordinal);

    /// <summary>Tasks whose rows a user's own task reads, as it says itself.</summary>
    public IReadOnlyList<string> SameSource { get; init; } = [];
}
