using InstructKit.Tasks;
using InstructKit.Templating;
using InstructKit.Templating.Values;

namespace InstructKit.Templates;

/// <summary>A template of a task, compiled against the task's slots.</summary>
/// <param name="Definition">The definition.</param>
/// <param name="Input">Compiled input; null if <paramref name="Promptsource"/> renders it.</param>
/// <param name="Target">Compiled target; null if <paramref name="Promptsource"/> renders it.</param>
/// <param name="Answer">Its own answer, or null for the task's.</param>
/// <param name="Promptsource">The single template of input and target in promptsource's dialect, otherwise null.</param>
public sealed record CompiledTemplate(TemplateDefinition Definition, Template? Input, Template? Target, TemplateExpression? Answer, PromptsourceTemplate? Promptsource = null)
{
    /// <summary>Names of the row's values that the template reads.</summary>
    public IEnumerable<string> UndeclaredNames =>
        (Input?.UndeclaredNames ?? []).Concat(Target?.UndeclaredNames ?? []).Concat(Answer?.UndeclaredNames ?? []).Concat(Promptsource?.UndeclaredNames ?? []);

    /// <summary>True when the input shows the answer options, under any name.</summary>
    public bool OffersOptions => Promptsource is not null ? Definition.Input.Text.Split("|||")[0].Contains("answer_choices", StringComparison.Ordinal)
        : Input!.UndeclaredNames.Any(name => name == "options" || OptionsBlock.Names.Contains(name, StringComparer.Ordinal)); // one of the two renders the input

    /// <summary>True when the input shows the task's own options and the target is the answer, so the options can be shown in another order.</summary>
    internal bool CanReorder => OffersOptions && Promptsource is null && !Definition.TargetIsAnswer && !Target!.UndeclaredNames.Contains("options", StringComparer.Ordinal); // has a target of its own

    /// <summary>Slot of its answer, its own or the task's; -1 if there is none.</summary>
    internal int AnswerSlot { get; init; } = -1;

    /// <summary>The slots that the template's variants fill, in their order; empty for most templates.</summary>
    internal VariantSlot[] Variants { get; init; } = [];

    /// <summary>Replacements of the task's options; null for the options themselves.</summary>
    internal Value[]? Options { get; init; }

    /// <summary>Position of the template in its task, independent of which templates are in use.</summary>
    internal int Number { get; init; }

    /// <summary>True when the input prints the block of options, so their layout matters.</summary>
    internal bool ShowsOptions { get; init; }

    /// <summary>True when the target prints the answer unchanged, so a label can replace an option's text.</summary>
    internal bool TakesLabel { get; init; }

    /// <summary>Where <see cref="Answer"/> selects an option by a label.</summary>
    internal IndexUse[] Labels { get; init; } = [];
}

/// <summary>A slot that a variant of a template fills.</summary>
/// <param name="Texts">Its possible texts.</param>
internal sealed record VariantSlot(int Slot, Value[] Texts);
