using InstructKit.Tasks;
using InstructKit.Templating;

namespace InstructKit.Prompts;

/// <summary>A template of a task, compiled against the task's slots.</summary>
/// <param name="Definition">As written.</param>
/// <param name="Input">Compiled input.</param>
/// <param name="Target">Compiled target.</param>
/// <param name="Answer">Its own answer, or null for the task's.</param>
public sealed record CompiledPrompt(PromptTemplate Definition, Template Input, Template Target, TemplateExpression? Answer)
{
    /// <summary>Slot of <see cref="Answer"/>'s value; -1 when there is none.</summary>
    internal int AnswerSlot { get; init; } = -1;
}
