using InstructKit.Tasks;
using InstructKit.Templating;

namespace InstructKit.Templates;

/// <summary>A template of a task, compiled against the task's slots.</summary>
/// <param name="Definition">As written.</param>
/// <param name="Input">Compiled input; null when <paramref name="Promptsource"/> makes it.</param>
/// <param name="Target">Compiled target; null when <paramref name="Promptsource"/> makes it.</param>
/// <param name="Answer">Its own answer, or null for the task's.</param>
/// <param name="Promptsource">The one template of input and target in promptsource's dialect, otherwise null.</param>
public sealed record CompiledTemplate(TemplateDefinition Definition, Template? Input, Template? Target, TemplateExpression? Answer, PromptsourceTemplate? Promptsource = null)
{
    /// <summary>Names of the row that the template reads.</summary>
    public IEnumerable<string> UndeclaredNames =>
        (Input?.UndeclaredNames ?? []).Concat(Target?.UndeclaredNames ?? []).Concat(Answer?.UndeclaredNames ?? []).Concat(Promptsource?.UndeclaredNames ?? []);

    /// <summary>Slot of <see cref="Answer"/>'s value; -1 when there is none.</summary>
    internal int AnswerSlot { get; init; } = -1;

    /// <summary>Where <see cref="Answer"/> takes one of the options by a label.</summary>
    internal IndexUse[] Labels { get; init; } = [];
}
