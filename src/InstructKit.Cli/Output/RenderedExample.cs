using InstructKit.Tasks;

namespace InstructKit.Cli.Output;

/// <summary>A row through one template.</summary>
/// <param name="Template">The template.</param>
/// <param name="Input">Rendered input.</param>
/// <param name="Target">Rendered target.</param>
/// <param name="Trouble">Why it failed, or null.</param>
internal sealed record RenderedExample(TemplateDefinition Template, string Input, string Target, string? Trouble);
