using InstructKit.Sources.Hub;
using InstructKit.Tasks;

namespace InstructKit.Fetching;

/// <summary>The plan of a fetch.</summary>
public sealed record FetchPlan
{
    /// <summary>The request.</summary>
    public required FetchRequest Request { get; init; }

    /// <summary>The requested files in ordinal order of dataset and path.</summary>
    public required IReadOnlyList<FetchFile> Files { get; init; }

    /// <summary>Tasks that cannot be fetched, and why; the others can.</summary>
    public required IReadOnlyList<(string Task, Diagnostic Reason)> Failures { get; init; }

    /// <summary>Warnings.</summary>
    public required IReadOnlyList<Diagnostic> Warnings { get; init; }

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Files.Sum(file => file.Size);

    /// <summary>Bytes to be downloaded; equal content counts once.</summary>
    public long Left => Files.DistinctBy(file => (file.Snapshot.Id, file.Hash)).Sum(file => file.Left);
}

/// <summary>What to fetch, and how strictly.</summary>
public sealed record FetchRequest
{
    /// <summary>The tasks; empty for all files listed in the lock.</summary>
    public IReadOnlyList<TaskDefinition> Tasks { get; init; } = [];

    /// <summary>Earlier fetches. A dataset listed in it stays at its commit.</summary>
    public HubLock Lock { get; init; } = HubLock.Empty;

    /// <summary>True to reject everything not listed in the lock, and to verify the hash of existing files.</summary>
    public bool Locked { get; init; }

    /// <summary>True to update to the current commits of the revisions, ignoring the lock.</summary>
    public bool Update { get; init; }

    /// <summary>True to accept splits of which the hub's conversion contains only the beginning.</summary>
    public bool AllowPartial { get; init; }

    /// <summary>True to verify the hash of existing files.</summary>
    public bool Verify { get; init; }
}

/// <summary>Result of a fetch.</summary>
public sealed record FetchReport
{
    /// <summary>The plan.</summary>
    public required FetchPlan Plan { get; init; }

    /// <summary>The lock with all complete files.</summary>
    public required HubLock Lock { get; init; }

    /// <summary>Bytes received over the network.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>Failures: tasks from the plan, then files.</summary>
    public required IReadOnlyList<Diagnostic> Failures { get; init; }
}
