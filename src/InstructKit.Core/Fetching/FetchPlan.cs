using InstructKit.Sources.Hub;
using InstructKit.Tasks;

namespace InstructKit.Fetching;

/// <summary>What a fetch will do.</summary>
public sealed record FetchPlan
{
    /// <summary>The request that it answers.</summary>
    public required FetchRequest Request { get; init; }

    /// <summary>The wanted files in ordinal order of dataset and path.</summary>
    public required IReadOnlyList<FetchFile> Files { get; init; }

    /// <summary>Tasks that cannot be fetched, and why; the others can.</summary>
    public required IReadOnlyList<(string Task, Diagnostic Reason)> Failures { get; init; }

    /// <summary>What is doubtful.</summary>
    public required IReadOnlyList<Diagnostic> Warnings { get; init; }

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Files.Sum(file => file.Size);

    /// <summary>Bytes that have to come; equal content counts once.</summary>
    public long Left => Files.DistinctBy(file => (file.Snapshot.Id, file.Hash)).Sum(file => file.Left);
}

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

/// <summary>What a fetch did.</summary>
public sealed record FetchReport
{
    /// <summary>What it was to do.</summary>
    public required FetchPlan Plan { get; init; }

    /// <summary>The lock with everything that is whole.</summary>
    public required HubLock Lock { get; init; }

    /// <summary>Bytes that came over the network.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>What could not be had: tasks from the plan, then files.</summary>
    public required IReadOnlyList<Diagnostic> Failures { get; init; }
}
