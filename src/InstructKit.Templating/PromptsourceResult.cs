using InstructKit.Templating.Values;

namespace InstructKit.Templating;

/// <summary>What applying a promptsource template gives. The texts live as long as the row.</summary>
/// <param name="Pieces">The stripped pieces between separators; input and target when there are two. Never empty.</param>
/// <param name="Choices">The stripped answer choices; null when the template has none.</param>
public sealed record PromptsourceResult(IReadOnlyList<Value> Pieces, IReadOnlyList<Value>? Choices);
