namespace InstructKit.Protocol;

/// <summary>A task as the hold-out rules see it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="OwnCluster">The cluster that a user's own task names, or null.</param>
/// <param name="IsOwn">True for a user's own task; it takes part although no scheme has it.</param>
public sealed record CatalogueTask(string Key, string? OwnCluster = null, bool IsOwn = false)
{
    /// <summary>Tasks whose rows a user's own task reads, as it says itself.</summary>
    public IReadOnlyList<string> SameSource { get; init; } = [];
}
