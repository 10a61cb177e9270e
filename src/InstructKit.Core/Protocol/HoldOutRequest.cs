using InstructKit.Tasks;

namespace InstructKit.Protocol;

/// <summary>What somebody asks to be held out.</summary>
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
