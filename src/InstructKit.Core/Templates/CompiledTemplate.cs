using InstructKit.Tasks;
using InstructKit.Templating;
using InstructKit.Templating.Values;

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

    /// <summary>True when the input offers the answer options, by whatever name.</summary>
    public bool OffersOptions => Promptsource is not null ? Definition.Input.Text.Split("|||")[0].Contains("answer_choices", StringComparison.Ordinal)
        : Input!.UndeclaredNames.Any(name => name == "options" || OptionsBlock.Names.Contains(name, StringComparer.Ordinal)); // one of the two makes the input

    /// <summary>True when the input offers the options as the task has them and the target is the answer, so that the options can be shown in another order.</summary>
    internal bool CanReorder => OffersOptions && Promptsource is null && !Definition.TargetIsAnswer && !Target!.UndeclaredNames.Contains("options", StringComparer.Ordinal); // has a target of its own

    /// <summary>Slot of the answer that it asks for, its own or the task's; -1 when there is none.</summary>
    internal int AnswerSlot { get; init; } = -1;

    /// <summary>The slots that the template's variants fill, in their order; empty for most templates.</summary>
    internal VariantSlot[] Variants { get; init; } = [];

    /// <summary>What takes the place of the task's options; null for the options themselves.</summary>
    internal Value[]? Options { get; init; }

    /// <summary>Position of the template in its task, whichever of the task's templates are in use.</summary>
    internal int Number { get; init; }

    /// <summary>True when the input prints the block of options, so that their layout matters.</summary>
    internal bool ShowsOptions { get; init; }

    /// <summary>True when the target prints the answer as it is, so that a label can take the place of an option's text.</summary>
    internal bool TakesLabel { get; init; }

    /// <summary>Where <see cref="Answer"/> takes one of the options by a label.</summary>
    internal IndexUse[] Labels { get; init; } = [];
}

/// <summary>A slot that a variant of a template fills.</summary>
/// <param name="Texts">What may take its place.</param>
internal sealed record VariantSlot(int Slot, Value[] Texts);
