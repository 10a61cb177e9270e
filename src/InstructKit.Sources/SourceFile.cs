namespace InstructKit.Sources;

/// <summary>A file, or a member of an archive, to read.</summary>
/// <param name="Path">What to open: a path, or <c>archive!member</c>.</param>
/// <param name="Name">What is shown to people; relative to the data folder, with <c>/</c> between folders.</param>
public sealed record SourceFile(string Path, string Name);
