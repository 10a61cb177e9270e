namespace InstructKit.Sources.Hub;

/// <summary>The files of a dataset at a commit, as far as they are known.</summary>
/// <param name="Snapshot">The dataset and its commit.</param>
/// <param name="Files">Its files in ordinal order of their paths.</param>
internal sealed record HubTree(HubSnapshot Snapshot, IReadOnlyList<HubFile> Files);
