using InstructKit.Tasks;
using InstructKit.Templating.Settings;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing;

/// <summary>A template on its way into a task file.</summary>
internal sealed record ImportedTemplate
{
    /// <summary>Id, valid as the id of a template.</summary>
    public required string Id { get; init; }

    /// <summary>Name for people, or null.</summary>
    public string? Name { get; init; }

    /// <summary>Where its wording is from, or null.</summary>
    public string? Reference { get; init; }

    /// <summary>What it asks for.</summary>
    public TemplateKind Kind { get; init; }

    /// <summary>The family that its texts belong to.</summary>
    public Dialect Dialect { get; init; }

    /// <summary>Template of the answer choices (promptsource), or null.</summary>
    public string? Choices { get; init; }

    /// <summary>Template of the input; of both in promptsource's dialect.</summary>
    public required string Input { get; init; }

    /// <summary>Template of the target; null in promptsource's dialect.</summary>
    public string? Target { get; init; }

    /// <summary>What else the source says, kept as it is; or null.</summary>
    public YamlMap? Metadata { get; init; }
}
