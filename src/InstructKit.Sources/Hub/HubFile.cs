namespace InstructKit.Sources.Hub;

/// <summary>A file as the hub lists it.</summary>
/// <param name="Path">Path in the dataset, with <c>/</c>.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Hash">Hash of the content.</param>
internal sealed record HubFile(string Path, long Size, ContentHash Hash);
