namespace InstructKit.Sources.Hub;

/// <summary>A file as the lock names it.</summary>
/// <param name="Path">Path in the dataset, with <c>/</c>.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Hash">Hash of the content.</param>
public sealed record LockedFile(string Path, long Size, ContentHash Hash);
