using InstructKit.Sources;
using InstructKit.Templating;
using InstructKit.Templating.Settings;

namespace InstructKit.Rendering;

/// <summary>Settings of <see cref="RenderFilter"/>.</summary>
public sealed record RenderRequest
{
    /// <summary>The deepest nesting of rows supported by the template engine.</summary>
    public const int DepthCeiling = 2000;

    /// <summary>The template of all rows; null if rows have their own in <see cref="TemplateColumn"/>.</summary>
    public SourceText? Template { get; init; }

    /// <summary>The field that holds the row's template, a text.</summary>
    public string? TemplateColumn { get; init; }

    /// <summary>The field whose object holds the variables; null for the whole row.</summary>
    public string? RowColumn { get; init; }

    /// <summary>The dialect of the templates. <see cref="Dialect.Promptsource"/> yields pieces and choices instead of one text.</summary>
    public Dialect Dialect { get; init; }

    /// <summary>The template of the answer choices of all rows; promptsource only.</summary>
    public SourceText? Choices { get; init; }

    /// <summary>The field that holds the row's template of the answer choices, a text or null; promptsource only.</summary>
    public string? ChoicesColumn { get; init; }

    /// <summary>The field with an object of settings that override those of the dialect. With it each row selects one of Jinja2's environments, so
    /// lists of the row may be changed unless <c>env</c> is <c>sandbox</c>; without it the row is read-only.</summary>
    public string? OptionsColumn { get; init; }

    /// <summary>How promptsource templates are split and truncated.</summary>
    public PromptsourceOptions Promptsource { get; init; } = new();

    /// <summary>The instant that <c>strftime_now</c> prints, in its own offset; null to make templates that use the time fail.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Key of the random choices, together with the row's line.</summary>
    public long Seed { get; init; }

    /// <summary>True to make random choices return the first element.</summary>
    public bool ChooseFirst { get; init; }

    /// <summary>Number of threads; the output does not depend on it.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Bounds of every render.</summary>
    public RenderLimits Limits { get; init; } = RenderLimits.Default;

    /// <summary>Which errors of the input are repaired.</summary>
    public RepairChoices Repairs { get; init; }

    /// <summary>Limits on the input; rows may be nested as deeply as the template engine supports.</summary>
    public SourceLimits InputLimits { get; init; } = new() { MaxJsonDepth = DepthCeiling };
}
