using InstructKit.Tasks;
using InstructKit.Templating.Settings;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing;

/// <summary>A task to be written to a file; every text in task file form.</summary>
internal sealed record ImportedTask
{
    /// <summary>Valid task key.</summary>
    public required string Key { get; init; }

    /// <summary>Display name.</summary>
    public required string Title { get; init; }

    /// <summary>Its source, for the first line.</summary>
    public required string Origin { get; init; }

    /// <summary>The task that defines everything but the templates, or null.</summary>
    public string? Like { get; init; }

    /// <summary>Additional folders below a data root in which its rows may be.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>Keys that override those of the task it is like, as written in another file; or null.</summary>
    public YamlMap? Own { get; init; }

    /// <summary>The task whose rows it reads, or null.</summary>
    public string? SameSource { get; init; }

    /// <summary>Its clusters; the first one is its own, the others are groups that it also belongs to.</summary>
    public IReadOnlyList<string> Clusters { get; init; } = [];

    /// <summary>Address to cite, or null.</summary>
    public string? Cite { get; init; }

    /// <summary>Licence of the data, or null.</summary>
    public string? Licence { get; init; }

    /// <summary>A remark for readers, or null.</summary>
    public string? Note { get; init; }

    public IReadOnlyList<(string Name, string Type)> Columns { get; init; } = [];

    /// <summary>Where rows may be.</summary>
    public IReadOnlyList<ImportedLayout> Layouts { get; init; } = [];

    /// <summary>The slices for our roles.</summary>
    public IReadOnlyList<(string SliceKind, string Slice)> Slices { get; init; } = [];

    /// <summary>Conditions by drop reason.</summary>
    public IReadOnlyList<(string Reason, string Expression)> KeepIf { get; init; } = [];

    /// <summary>Derived values.</summary>
    public IReadOnlyList<ImportedField> Fields { get; init; } = [];

    /// <summary>Fixed options, or null.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    public string? OptionsExpression { get; init; }

    /// <summary>Expression of the answer, or null.</summary>
    public string? Answer { get; init; }

    /// <summary>Expression of all correct answers, or null.</summary>
    public string? Answers { get; init; }

    /// <summary>Expression of the correct option's index, or of the list of them; or null.</summary>
    public string? AnswerIndex { get; init; }

    /// <summary>The other tool's evaluation settings; or null.</summary>
    public YamlMap? Evaluation { get; init; }

    /// <summary>Metrics, under our names.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    public required IReadOnlyList<ImportedTemplate> Templates { get; init; }
}

/// <summary>A layout of an imported task.</summary>
/// <param name="Format">Format, as in task files.</param>
/// <param name="Files">Source splits and their files.</param>
internal sealed record ImportedLayout(string Name, string Format, IReadOnlyList<(string Split, IReadOnlyList<string> Globs)> Files)
{
    /// <summary>Columns derived from the file's own.</summary>
    public IReadOnlyList<(string Column, string Expression)> Map { get; init; } = [];

    /// <summary>Dataset, configuration and revision on the hub, or null.</summary>
    public (string Id, string? Config, string? Revision)? Hub { get; init; }

    /// <summary>The usual two layouts of a dataset: files named like their splits, and the hub's Parquet files.</summary>
    public static IReadOnlyList<ImportedLayout> Usual(string? dataset, string? config, IReadOnlyList<string> splits)
    {
        List<ImportedLayout> layouts = [new("files", "jsonl", [.. splits.Select(split => (split, (IReadOnlyList<string>)[$"{split}.jsonl*"]))])];
        if (dataset is not null)
            layouts.Add(new ImportedLayout("hub", "parquet", [.. splits.Select(split => (split, (IReadOnlyList<string>)[$"{config ?? "data"}/{split}-*.parquet"]))]) { Hub = (dataset, config, null) });

        return layouts;
    }
}

/// <summary>A template to be written to a task file.</summary>
internal sealed record ImportedTemplate
{
    /// <summary>Valid template id.</summary>
    public required string Id { get; init; }

    /// <summary>Display name, or null.</summary>
    public string? Name { get; init; }

    /// <summary>Where its wording is from, or null.</summary>
    public string? Reference { get; init; }

    /// <summary>Its kind.</summary>
    public TemplateKind Kind { get; init; }

    /// <summary>The dialect of its texts.</summary>
    public Dialect Dialect { get; init; }

    /// <summary>Template of the answer choices (promptsource), or null.</summary>
    public string? Choices { get; init; }

    /// <summary>Template of the input; of both in promptsource's dialect.</summary>
    public required string Input { get; init; }

    /// <summary>Template of the target; null in promptsource's dialect.</summary>
    public string? Target { get; init; }

    /// <summary>The text between the parts of its exemplars; null if the source does not specify them.</summary>
    public ExemplarSeparators? Separators { get; init; }

    /// <summary>Other settings of the source, unchanged; or null.</summary>
    public YamlMap? Metadata { get; init; }
}

/// <summary>A derived value of an imported task.</summary>
/// <param name="Text">An expression, or a template.</param>
/// <param name="TemplateDialect">The dialect of a template; null for an expression.</param>
internal sealed record ImportedField(string Name, string Text, Dialect? TemplateDialect = null);

/// <summary>Derives task names from other tools' names.</summary>
internal static class TaskKey
{
    private const int MaxLength = 100;

    /// <summary>
    /// Every run of characters not allowed in a key becomes one <c>_</c>, except at the ends. Two names may become the same key, which the caller
    /// reports.
    /// </summary>
    public static string Of(string name)
    {
        var key = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterOrDigit(letter)) key.Append(letter);
            else if (key.Length > 0 && key[^1] != '_') key.Append('_');
        }

        var text = key.ToString().Trim('_');
        return text.Length == 0 ? "task" : text.Length > MaxLength ? text[..MaxLength].TrimEnd('_') : text;
    }
}
