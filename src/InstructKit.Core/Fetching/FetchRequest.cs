using InstructKit.Tasks;

namespace InstructKit.Fetching;

/// <summary>What is wanted, and how strictly.</summary>
public sealed record FetchRequest
{
    /// <summary>The tasks; none for all files that the lock names.</summary>
    public IReadOnlyList<TaskDefinition> Tasks { get; init; } = [];

    /// <summary>What was fetched before. A dataset that it names stays at its commit.</summary>
    public HubLock Lock { get; init; } = HubLock.Empty;

    /// <summary>True to refuse everything that the lock does not name, and to check the hash of what is here already.</summary>
    public bool Locked { get; init; }

    /// <summary>True to go to where the revisions stand now, whatever the lock says.</summary>
    public bool Update { get; init; }

    /// <summary>True to take splits of which the hub's conversion holds only the beginning.</summary>
    public bool AllowPartial { get; init; }

    /// <summary>True to check the hash of what is here already.</summary>
    public bool Verify { get; init; }
}
