using InstructKit.Diagnostics;

namespace InstructKit.Templating;

/// <summary>
/// A promptsource template: a text whose separators <c>|||</c> divide input and target, and an optional template for the answer choices.
/// Applying it follows promptsource (commit 7dab96a): guarded separators, stripped pieces, <c>answer_choices</c> as a list.
/// </summary>
public sealed class PromptsourceTemplate
{
    private const string ChoicesName = "answer_choices";

    private readonly PromptsourceOptions _how;
    private readonly int _choicesSlot;

    private PromptsourceTemplate(Template template, Template? choices, int choicesSlot, PromptsourceOptions how)
    {
        Template = template;
        Choices = choices;
        _choicesSlot = choicesSlot;
        _how = how;
    }

    /// <summary>The template's text.</summary>
    public Template Template { get; }

    /// <summary>The template that renders the choices, when there are any.</summary>
    public Template? Choices { get; }

    /// <summary>Reads the two texts. <paramref name="options"/> usually come from <see cref="TemplateOptions.For"/>; its slots are the row's columns.</summary>
    /// <exception cref="DiagnosticException">One of them is no template, or a column is called <c>answer_choices</c>.</exception>
    public static PromptsourceTemplate Parse(SourceText jinja, SourceText? choices, TemplateOptions options, PromptsourceOptions? how = null)
    {
        ArgumentNullException.ThrowIfNull(jinja);
        ArgumentNullException.ThrowIfNull(options);
        how ??= new PromptsourceOptions();
        if (options.Slots.Contains(ChoicesName, StringComparer.Ordinal))
        {
            throw new DiagnosticException(new Diagnostic(
                TemplateCodes.WrongArgument, Severity.Error, $"the row has a column '{ChoicesName}', which promptsource keeps for itself", new SourceSpan(jinja, 0, 0)));
        }

        var inner = options with { Slots = [.. options.Slots, ChoicesName] };
        return new PromptsourceTemplate(Template.Parse(jinja, inner), choices is null ? null : Template.Parse(choices, options), options.Slots.Count, how);
    }

    /// <summary>Renders one row and divides the result.</summary>
    /// <exception cref="TemplateException">The template failed on this row.</exception>
    public PromptsourceResult Apply(RenderContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var choices = Choices is null ? null : Divide(context, Choices);
        context.SetSlot(_choicesSlot, choices is null ? Value.None : Value.FromList(choices));
        return new PromptsourceResult(Divide(context, Template), choices);
    }

    private static List<Value> Divide(RenderContext context, Template template)
    {
        var output = new Utf8Output();
        template.Render(context, output);
        return [Utf8Text.TrimSpaces(Value.FromUtf8(output.Written), true, true)];
    }
}
