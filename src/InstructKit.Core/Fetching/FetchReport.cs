using InstructKit.Tasks;

namespace InstructKit.Fetching;

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
