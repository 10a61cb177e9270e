namespace InstructKit.Sources;

/// <summary>Files that are read one after another.</summary>
/// <param name="Column">The column that they make, for <see cref="SourceFormat.Parallel"/>; null for all other formats.</param>
/// <param name="Files">The files, in reading order.</param>
public sealed record SourcePart(string? Column, IReadOnlyList<SourceFile> Files);
