using InstructKit.Tasks;
using InstructKit.Templating;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing;

/// <summary>A task on its way into a file; every text as a task file has it.</summary>
internal sealed record ImportedTask
{
    /// <summary>Key, valid as one.</summary>
    public required string Key { get; init; }

    /// <summary>Name for people.</summary>
    public required string Title { get; init; }

    /// <summary>What it was made of, for the first line.</summary>
    public required string Origin { get; init; }

    /// <summary>The task that says everything but the templates, or null.</summary>
    public string? Like { get; init; }

    /// <summary>Folders below a data root that its rows may be in, beside the one named like it.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>Keys in which it differs from the task that it is like, as they stand in another file; or null.</summary>
    public YamlMap? Own { get; init; }

    /// <summary>The task whose rows it reads, or null.</summary>
    public string? SameSource { get; init; }

    /// <summary>Cluster that it asks to be in, or null.</summary>
    public string? Cluster { get; init; }

    /// <summary>Address to cite, or null.</summary>
    public string? Cite { get; init; }

    /// <summary>Licence of the data, or null.</summary>
    public string? Licence { get; init; }

    /// <summary>A remark for people, or null.</summary>
    public string? Note { get; init; }

    /// <summary>Names and types of the columns.</summary>
    public IReadOnlyList<(string Name, string Type)> Columns { get; init; } = [];

    /// <summary>Where rows may lie.</summary>
    public IReadOnlyList<ImportedLayout> Layouts { get; init; } = [];

    /// <summary>Our roles as slices.</summary>
    public IReadOnlyList<(string SliceKind, string Slice)> Slices { get; init; } = [];

    /// <summary>Derived values.</summary>
    public IReadOnlyList<(string Name, string Expression)> Fields { get; init; } = [];

    /// <summary>Fixed options, or null.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>Expression of the options, or null.</summary>
    public string? OptionsExpression { get; init; }

    /// <summary>Expression of the answer, or null.</summary>
    public string? Answer { get; init; }

    /// <summary>Expression of all right answers, or null.</summary>
    public string? Answers { get; init; }

    /// <summary>Metrics, by our names.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>The templates.</summary>
    public required IReadOnlyList<ImportedTemplate> Templates { get; init; }
}

/// <summary>A layout of an imported task.</summary>
/// <param name="Name">Name.</param>
/// <param name="Format">Format, as task files spell it.</param>
/// <param name="Files">Source splits and their files.</param>
internal sealed record ImportedLayout(string Name, string Format, IReadOnlyList<(string Split, string Glob)> Files)
{
    /// <summary>Dataset and configuration on the hub, or null.</summary>
    public (string Id, string? Config)? Hub { get; init; }

    /// <summary>The usual two places of a dataset: files named like their splits, and the hub's Parquet files.</summary>
    public static IReadOnlyList<ImportedLayout> Usual(string? dataset, string? config, IReadOnlyList<string> splits)
    {
        List<ImportedLayout> layouts = [new("files", "jsonl", [.. splits.Select(split => (split, $"{split}.jsonl*"))])];
        if (dataset is not null)
            layouts.Add(new ImportedLayout("hub", "parquet", [.. splits.Select(split => (split, $"{config ?? "data"}/{split}-*.parquet"))]) { Hub = (dataset, config) });

        return layouts;
    }
}

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
