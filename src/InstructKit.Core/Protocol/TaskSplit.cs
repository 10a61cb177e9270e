namespace InstructKit.Protocol;

/// <summary>A published split: which tasks are trained on and which are tested.</summary>
/// <param name="Name">Its published name.</param>
/// <param name="Family">The family it belongs to, such as <c>inter_cluster</c>.</param>
/// <param name="Train">Tasks to train on.</param>
/// <param name="Test">Tasks to test.</param>
/// <param name="Templates">How many templates of each task are used, from the first on; null for all.</param>
/// <param name="Overlaps">True when the split means to test what it trains on.</param>
public sealed record TaskSplit(string Name, string Family, IReadOnlyList<string> Train, IReadOnlyList<string> Test, int? Templates, bool Overlaps)
{
    /// <summary>The clustering that its family was published with; null for the default one.</summary>
    public string? Scheme { get; init; }
}
