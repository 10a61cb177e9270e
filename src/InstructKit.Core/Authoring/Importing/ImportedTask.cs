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
