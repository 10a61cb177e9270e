using InstructKit.Sources;
using InstructKit.Templating;
using InstructKit.Templating.Settings;

namespace InstructKit.Rendering;

/// <summary>What <see cref="RenderFilter"/> does with every row.</summary>
public sealed record RenderRequest
{
    /// <summary>The deepest nesting of rows that the template engine reads.</summary>
    public const int DepthCeiling = 2000;

    /// <summary>The template of all rows; null when <see cref="TemplateColumn"/> names where each row has its own.</summary>
    public SourceText? Template { get; init; }

    /// <summary>The field that holds the row's template, a text.</summary>
    public string? TemplateColumn { get; init; }

    /// <summary>The field whose object holds the variables; null: the whole row does.</summary>
    public string? RowColumn { get; init; }

    /// <summary>The family of the templates. <see cref="Dialect.Promptsource"/> gives pieces and choices in place of one text.</summary>
    public Dialect Dialect { get; init; }

    /// <summary>The template of the answer choices of all rows; promptsource only.</summary>
    public SourceText? Choices { get; init; }

    /// <summary>The field that holds the row's template of the answer choices, a text or null; promptsource only.</summary>
    public string? ChoicesColumn { get; init; }

    /// <summary>The field that holds an object of settings laid over those of the dialect. With it each row says which of Jinja2's environments it wants, so
    /// lists of the row may be changed unless <c>env</c> says <c>sandbox</c>; without it the row is read-only.</summary>
    public string? OptionsColumn { get; init; }

    /// <summary>How promptsource templates are divided and cut.</summary>
    public PromptsourceOptions Promptsource { get; init; } = new();

    /// <summary>The instant that <c>strftime_now</c> prints, in its own offset; null: templates that ask for the time fail.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Key of the random choices, together with the row's line.</summary>
    public long Seed { get; init; }

    /// <summary>True when random choices take the first element.</summary>
    public bool ChooseFirst { get; init; }

    /// <summary>Number of threads; the output does not depend on it.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Bounds of every render.</summary>
    public RenderLimits Limits { get; init; } = RenderLimits.Default;

    /// <summary>Which errors of the input are repaired.</summary>
    public RepairChoices Repairs { get; init; }

    /// <summary>Bounds on what the input may ask for; rows may be nested as deep as the template engine reads values.</summary>
    public SourceLimits InputLimits { get; init; } = new() { MaxJsonDepth = DepthCeiling };
}
