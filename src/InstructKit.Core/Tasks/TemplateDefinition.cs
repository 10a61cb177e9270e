using InstructKit.Diagnostics;
using InstructKit.Templating.Settings;

namespace InstructKit.Tasks;

/// <summary>One of a task's templates, as written.</summary>
/// <param name="Id">Unique within the task, stable: it stands in every example that the template makes.</param>
/// <param name="Kind">What it asks for.</param>
/// <param name="Input">Template of the input; of both, with <c>|||</c> between them, when <see cref="IsPromptsource"/>.</param>
/// <param name="Target">Template of the target; empty when <see cref="IsPromptsource"/>.</param>
/// <param name="Answer">Expression of the right answer where it is not the task's (a translation asked for in the other direction), or null.</param>
/// <param name="Span">Place in the task file.</param>
public sealed record TemplateDefinition(string Id, TemplateKind Kind, SourceText Input, SourceText Target, SourceText? Answer, SourceSpan Span)
{
    /// <summary>The family of templates that the texts belong to.</summary>
    public Dialect Dialect { get; init; }

    /// <summary>Template of the answer choices with <c>|||</c> between them (promptsource's <c>answer_choices</c>), or null.</summary>
    public SourceText? Choices { get; init; }

    /// <summary>How the answer is found in what a model writes, as far as the template says it.</summary>
    public AnswerKeys AnswerKeys { get; init; } = AnswerKeys.None;

    /// <summary>Name for people, or null.</summary>
    public string? Name { get; init; }

    /// <summary>True for promptsource's templates: one text makes input and target.</summary>
    public bool IsPromptsource => Dialect == Dialect.Promptsource;

    /// <summary>
    /// True when the right answer is what the target renders to, because the template was written for another tool whose rows have no answer of
    /// their own.
    /// </summary>
    public bool TargetIsAnswer => Dialect is Dialect.Promptsource or Dialect.LmEval;

    /// <summary>The kind as files spell it.</summary>
    public string KindText => Kind.ToString().ToLowerInvariant();
}
