using InstructKit.Diagnostics;

namespace InstructKit.Tasks;

/// <summary>One of a task's templates, as written.</summary>
/// <param name="Id">Unique within the task, stable: it stands in every example that the template makes.</param>
/// <param name="Kind">What it asks for.</param>
/// <param name="Input">Template of the input.</param>
/// <param name="Target">Template of the target.</param>
/// <param name="Answer">Expression of the right answer where it is not the task's (a translation asked for in the other direction), or null.</param>
/// <param name="Span">Place in the task file.</param>
public sealed record PromptTemplate(string Id, TemplateKind Kind, SourceText Input, SourceText Target, SourceText? Answer, SourceSpan Span)
{
    /// <summary>The kind as files spell it.</summary>
    public string KindText => Kind.ToString().ToLowerInvariant();
}
