namespace InstructKit.Protocol;

/// <summary>A dataset as a scheme counts it; the paper's ANLI, say, is three tasks.</summary>
/// <param name="Name">Name as the scheme's source prints it.</param>
/// <param name="Tasks">Its tasks in order.</param>
public sealed record ClusterDataset(string Name, IReadOnlyList<string> Tasks)
{
    /// <summary>Its level in a curriculum where that is not its cluster's; null for that one.</summary>
    public int? Level { get; init; }
}
