namespace InstructKit.Tasks;

/// <summary>A split as the source has it.</summary>
/// <param name="Name">The source's name of the split.</param>
/// <param name="Parts">Its files.</param>
public sealed record LayoutSplit(string Name, IReadOnlyList<LayoutPart> Parts);
