namespace InstructKit.Sources.Hub;

/// <summary>A dataset as the lock names it.</summary>
/// <param name="Snapshot">The dataset, its revision and the commit that it is held at.</param>
/// <param name="Files">The files that were fetched, in ordinal order of their paths.</param>
public sealed record LockedDataset(HubSnapshot Snapshot, IReadOnlyList<LockedFile> Files);
