using InstructKit.Sources.Hub;

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

    /// <summary>The datasets of the files.</summary>
    public IEnumerable<HubSnapshot> Snapshots => Files.Select(file => file.Snapshot).Distinct();
}
