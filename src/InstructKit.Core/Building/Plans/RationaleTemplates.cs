using InstructKit.Tasks;
using InstructKit.Templating;

namespace InstructKit.Building.Plans;

/// <summary>Which templates of tasks with a rationale are used.</summary>
public enum RationaleUse
{
    /// <summary>All.</summary>
    All,

    /// <summary>Those that print the rationale: before the answer, or in a template that turns the task around.</summary>
    Only,

    /// <summary>Those that do not.</summary>
    None,
}

/// <summary>Chooses templates by whether they print the column or field <c>rationale</c> (chain of thought).</summary>
internal static class RationaleTemplates
{
    private const string Name = "rationale";

    /// <summary>The templates that a plan uses; those of a task without a rationale are all of them.</summary>
    public static IEnumerable<TemplateDefinition> Choose(TaskDefinition task, IEnumerable<TemplateDefinition> templates, RationaleUse use) =>
        use == RationaleUse.All || !(task.Columns.Any(column => column.Name == Name) || task.Fields.Any(field => field.Name == Name)) ? templates
            : templates.Where(template => Prints(template) == (use == RationaleUse.Only));

    private static bool Prints(TemplateDefinition template) => Reads(template.Input, template) || Reads(template.Target, template);

    // A template that cannot be parsed is reported where it is compiled.
    private static bool Reads(Diagnostics.SourceText text, TemplateDefinition template) =>
        Template.TryParse(text, Templating.Settings.TemplateOptions.For(template.Dialect), out var parsed, out _) && parsed.UndeclaredNames.Contains(Name, StringComparer.Ordinal);
}
