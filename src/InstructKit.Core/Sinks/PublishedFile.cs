namespace InstructKit.Sinks;

/// <summary>A file that a build has written.</summary>
/// <param name="Path">Path below the output folder, with <c>/</c>.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256, lower-case hex.</param>
public sealed record PublishedFile(string Path, long Rows, long Bytes, string Sha256);
