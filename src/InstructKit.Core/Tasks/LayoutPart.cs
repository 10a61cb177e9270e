using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>Files of one split, or of one column of it where columns lie in files of their own.</summary>
/// <param name="Column">The column, or null when the files hold whole rows.</param>
/// <param name="Globs">Patterns below the task's folder, read one after another.</param>
public sealed record LayoutPart(string? Column, IReadOnlyList<YamlScalar> Globs);
