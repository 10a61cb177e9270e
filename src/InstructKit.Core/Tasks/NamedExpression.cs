using InstructKit.Templating.Settings;

namespace InstructKit.Tasks;

/// <summary>An expression of the template language under a name: a mapped column, a derived field, a condition with its drop reason.</summary>
/// <param name="Name">The name.</param>
/// <param name="Source">The expression's text, with positions of the task file.</param>
/// <param name="NameSpan">Where the name stands; for a condition without one, where the condition stands.</param>
public sealed record NamedExpression(string Name, SourceText Source, SourceSpan NameSpan)
{
    /// <summary>The dialect of a derived field that is a template, whose value is the text that it renders to; null for an expression.</summary>
    public Dialect? TemplateDialect { get; init; }
}
