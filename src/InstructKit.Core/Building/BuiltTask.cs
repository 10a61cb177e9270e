using InstructKit.Tasks;

namespace InstructKit.Building;

/// <summary>What one task came to.</summary>
/// <param name="Task">The task with its data.</param>
/// <param name="Prompts">Templates that were used, in order.</param>
/// <param name="Slices">Its slices.</param>
/// <param name="Inputs">The files that it was read from.</param>
public sealed record BuiltTask(ResolvedTask Task, IReadOnlyList<TemplateDefinition> Prompts, IReadOnlyList<BuiltSlice> Slices, IReadOnlyList<InputFiles> Inputs)
{
    /// <summary>The order in which its slices took rows.</summary>
    public RowOrder Order { get; init; }
}
