using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using InstructKit.Building.Passes;
using InstructKit.Building.Selection;
using InstructKit.Tasks;
using InstructKit.Templating.Settings;
using InstructKit.Yaml;

namespace InstructKit.Building;

/// <summary>The hub dataset that a task was read from.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Revision">The requested revision.</param>
/// <param name="Commit">The commit it resolved to.</param>
public sealed record ManifestHub(string Id, string Revision, string Commit);

/// <summary>The files that a source split was read from.</summary>
/// <param name="Split">The source split.</param>
/// <param name="Files">Number of files.</param>
/// <param name="Bytes">Their size in bytes, as stored.</param>
/// <param name="Sha256">See <see cref="InputFiles.Sha256"/>.</param>
/// <param name="Names">Names of the first files.</param>
public sealed record ManifestInput(string Split, int Files, long Bytes, string Sha256, IReadOnlyList<string> Names);

/// <summary>Counts of a slice; see <see cref="SliceCounts"/>.</summary>
public sealed record ManifestSlice
{
    /// <summary><c>train</c>, <c>validation</c> or <c>test</c>.</summary>
    public required string Slice { get; init; }

    /// <summary>The slice of the source's split, such as <c>train[:-200]</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The output split.</summary>
    public required string Output { get; init; }

    /// <summary>Rows read.</summary>
    public required long Read { get; init; }

    /// <summary>Rows used.</summary>
    public required long Selected { get; init; }

    /// <summary>Unusable rows.</summary>
    public required long Rejected { get; init; }

    /// <summary>Rows that were repaired, by kind.</summary>
    public required IReadOnlyDictionary<string, long> Repaired { get; init; }

    /// <summary>Rows dropped, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Dropped { get; init; }

    /// <summary>Examples skipped for rows that yielded other examples, by reason or error code.</summary>
    public required IReadOnlyDictionary<string, long> TemplatesSkipped { get; init; }

    /// <summary>Examples that a format cannot store completely, as in <c>t5-tsv: line_breaks</c>; omitted if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, long>? Lost { get; init; }

    /// <summary>True when the plan's cap was reached.</summary>
    public required bool Capped { get; init; }

    /// <summary>Examples written.</summary>
    public required long Examples { get; init; }

    /// <summary>Examples by template.</summary>
    public required IReadOnlyDictionary<string, long> ByTemplate { get; init; }

    /// <summary>Counts of exemplars; omitted if examples get none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ShotCounts? Exemplars { get; init; }

    /// <summary>Lengths of the examples as seen by a trainer; omitted if not counted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ManifestLengths? Lengths { get; init; }

    internal static ManifestSlice Of(BuiltTask built, BuiltSlice slice) => new()
    {
        Slice = slice.Slice.ToString().ToLowerInvariant(),
        Source = slice.Source.ToString(),
        Output = slice.Split,
        Read = slice.Counts.Read,
        Selected = slice.Counts.Selected,
        Rejected = slice.Counts.Rejected,
        Repaired = Manifest.Ordered(slice.Counts.Repaired.Found),
        Dropped = slice.Counts.Dropped,
        TemplatesSkipped = slice.Counts.SkippedTemplates,
        Lost = slice.Counts.Lost.Count > 0 ? slice.Counts.Lost : null,
        Capped = slice.Counts.Capped,
        Examples = slice.Counts.Examples,
        ByTemplate = Manifest.Ordered(built.Prompts.Select((template, i) => (template.Id, slice.Counts.Templates[i]))),
        Exemplars = slice.Counts.Shots,
        Lengths = slice.Counts.Lengths is { } lengths ? ManifestLengths.Of(lengths) : null,
    };
}

/// <summary>Result of a task.</summary>
public sealed record ManifestTask
{
    /// <summary>Its key.</summary>
    public required string Task { get; init; }

    /// <summary>Display name.</summary>
    public required string Title { get; init; }

    /// <summary>Its cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary><c>train</c> or <c>held_out</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Layout of its data.</summary>
    public required string Layout { get; init; }

    /// <summary>The dataset on the hub; omitted for other data.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ManifestHub? Hub { get; init; }

    /// <summary>Variant used, or null.</summary>
    public string? Variant { get; init; }

    /// <summary>The order in which its slices take rows, <c>seeded</c> or <c>source</c>; null in manifests of earlier versions.</summary>
    public string? Order { get; init; }

    /// <summary>What to cite, or null.</summary>
    public string? Cite { get; init; }

    /// <summary>Licence of the data, or null.</summary>
    public string? Licence { get; init; }

    /// <summary>Names of the task's metrics.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Settings kept for other evaluation tools; omitted if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Evaluation { get; init; }

    /// <summary>The files read.</summary>
    public required IReadOnlyList<ManifestInput> Inputs { get; init; }

    /// <summary>Its slices.</summary>
    public required IReadOnlyList<ManifestSlice> Slices { get; init; }

    /// <summary>What evaluation sets of other variants lack compared to the task's own; omitted if nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TreeLoss>? TreeLosses { get; init; }

    /// <summary>SHA-256 of each template's texts, by id.</summary>
    public required IReadOnlyDictionary<string, string> Templates { get; init; }

    internal static ManifestTask Of(BuiltTask built)
    {
        var task = built.Task.Task;
        OrderedDictionary<string, string> templates = [];
        foreach (var template in built.Prompts) templates.Add(template.Id, HashOf(template));

        return new ManifestTask
        {
            Task = task.Key,
            Title = task.Title,
            Cluster = built.Task.Cluster,
            Role = built.Task.Use == TaskUse.Train ? "train" : "held_out",
            Layout = built.Task.Data.Layout.Name,
            Hub = built.Task.Data.Snapshot is { } snapshot ? new ManifestHub(snapshot.Id, snapshot.Revision, snapshot.Commit) : null,
            Variant = task.Variant,
            Order = TaskFile.Orders[(int)built.Order],
            Cite = task.Cite,
            Licence = task.Licence,
            Metrics = task.Metrics,
            Evaluation = task.Evaluation is { } evaluation ? Manifest.ElementOf(json => YamlJson.Write(json, evaluation)) : null,
            Inputs = [.. built.Inputs.Select(input => new ManifestInput(input.Split, input.Count, input.Bytes, input.Sha256, input.Files))],
            Slices = [.. built.Slices.Select(slice => ManifestSlice.Of(built, slice))],
            TreeLosses = built.TreeLosses.Count > 0 ? built.TreeLosses : null,
            Templates = templates,
        };
    }

    private static string HashOf(TemplateDefinition template) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{template.KindText}\0{template.Input.Text}\0{template.Target.Text}\0{template.Answer?.Text}{ForeignPart(template)}{VariantPart(template)}{(template.Options is { } options ? $"\0options\0{string.Join('\0', options)}" : string.Empty)}")));

    // Omitted for the default dialect.
    private static string ForeignPart(TemplateDefinition template) =>
        template.Dialect == Dialect.Jinja ? string.Empty : $"\0{template.Dialect}\0{template.Choices?.Text}";

    private static string VariantPart(TemplateDefinition template) =>
        string.Concat(template.Variants.Select(variant => $"\0{variant.Name}\0{string.Join('\0', variant.Texts.Select(text => text.Text))}"));
}
