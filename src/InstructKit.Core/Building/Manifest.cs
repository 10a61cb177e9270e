using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Building.Settings;
using InstructKit.Protocol;
using InstructKit.Sinks;

namespace InstructKit.Building;

/// <summary><c>.instructkit/manifest.json</c>: what a build actually did, written last and read back by later commands. It contains nothing that differs
/// between machines (no paths outside the data folder, no times, no thread count), so that equal builds have equal manifests.</summary>
public sealed record Manifest
{
    /// <summary>Schema version that this tool writes. Version 1 had <c>format_version</c>, and <c>mended</c> for <c>repaired</c>; it can still be read.</summary>
    public const int CurrentVersion = 2;

    /// <summary>Schema version.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>Name of the tool.</summary>
    public required string Tool { get; init; }

    /// <summary>Version of the tool, without build metadata.</summary>
    public required string Version { get; init; }

    /// <summary>The preset on which the plan is based; omitted if none. Its settings are included in <see cref="Plan"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Preset { get; init; }

    /// <summary>The resolved plan, with the keys of a plan file.</summary>
    public required JsonElement Plan { get; init; }

    /// <summary>Held-out tasks, and tasks excluded with them.</summary>
    public required ManifestHoldOut HoldOut { get; init; }

    /// <summary>Mixing rates of the training tasks.</summary>
    public required ManifestMixture Mixture { get; init; }

    /// <summary>The result of each task.</summary>
    public required IReadOnlyList<ManifestTask> Tasks { get; init; }

    /// <summary>Held-out rows among the training rows, by pairs of tasks; omitted if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LeakCount>? Leaks { get; init; }

    /// <summary>Files with examples.</summary>
    public required IReadOnlyList<ManifestFile> Outputs { get; init; }

    /// <summary>Small files in addition to the examples, such as snippets for trainers; omitted if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ManifestFile>? Companions { get; init; }

    /// <summary>Files of the evaluation sets; omitted if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ManifestFile>? Evaluation { get; init; }

    /// <summary>How the lengths of the slices are measured; omitted if lengths are not counted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ManifestUnit? Lengths { get; init; }

    /// <summary>Packing results by output split; omitted if nothing is packed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PackedSplit>? Packing { get; init; }

    /// <summary>The reject file; null when every row was used.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ManifestFile? Rejects { get; init; }

    /// <summary>Number of unusable rows.</summary>
    public required long Rejected { get; init; }

    /// <summary>The manifest of a build.</summary>
    public static Manifest Of(BuildReport report)
    {
        List<ManifestShare> shares = [.. report.Mixture];
        return new Manifest
        {
            SchemaVersion = CurrentVersion,
            Tool = "instructkit",
            Version = ToolVersion.Text,
            Preset = report.Resolved.Plan.Preset?.Text,
            Plan = ElementOf(json => PlanSettings.Write(json, report.Resolved.Plan with { Scheme = report.Resolved.HoldOut.Scheme.Key, FirstTemplates = report.Resolved.FirstTemplates, Container = report.Resolved.Outputs[0].Container })),
            HoldOut = ManifestHoldOut.Of(report.Resolved),
            Mixture = new ManifestMixture(report.Resolved.Plan.Mixture.MaxRate, shares.Sum(share => share.Rate), Ordered(shares.Select(share => (share.Task, share.Rate))))
            {
                Kind = (report.Resolved.Plan.Mixture.Kind ?? MixtureKind.Once).ToString().ToLowerInvariant(),
                Tasks = shares,
            },
            Tasks = [.. report.Tasks.Select(ManifestTask.Of)],
            Leaks = report.Leaks.Count > 0 ? report.Leaks : null,
            Outputs = [.. report.Outputs.Select(ManifestFile.Of)],
            Companions = report.Companions.Count > 0 ? [.. report.Companions.Select(ManifestFile.Of)] : null,
            Evaluation = report.Evaluation.Count > 0 ? [.. report.Evaluation.Select(ManifestFile.Of)] : null,
            Lengths = ManifestUnit.Of(report),
            Packing = report.Packed.Count > 0 ? report.Packed : null,
            Rejects = report.Rejects is { } rejects ? ManifestFile.Of(rejects) : null,
            Rejected = report.Rejected,
        };
    }

    /// <summary>As a file: indented JSON with a final line feed.</summary>
    public byte[] ToUtf8() => [.. JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Relaxed.Manifest), (byte)'\n'];

    /// <summary>Reads a manifest, of this version or an older one.</summary>
    /// <param name="name">Name of the file, for messages.</param>
    /// <param name="utf8">Its content.</param>
    /// <exception cref="DiagnosticException">It is not a manifest, or of an unknown version (IK2202).</exception>
    public static Manifest Read(string name, ReadOnlySpan<byte> utf8)
    {
        try
        {
            var root = JsonNode.Parse(utf8)?.AsObject() ?? throw new JsonException("it is null");
            var version = (root["schema_version"] ?? root["format_version"])?.GetValue<int>() ?? throw new JsonException("it has no schema_version");
            if (version is < 1 or > CurrentVersion) throw new JsonException($"it is of version {version}; this tool reads versions 1 to {CurrentVersion}");
            if (version == 1) Upgrade(root);
            return root.Deserialize(ManifestJson.Relaxed.Manifest) ?? throw new JsonException("it is null");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new DiagnosticException(
                Diagnostic.Error(BuildCodes.BadManifest, $"The manifest '{name}' cannot be read: {exception.Message.TrimEnd('.')}."), exception);
        }
    }

    private static void Upgrade(JsonObject root)
    {
        root.Remove("format_version");
        root["schema_version"] = CurrentVersion;
        foreach (var slice in root["tasks"]?.AsArray().SelectMany(task => task?["slices"]?.AsArray() ?? []) ?? [])
        {
            if (slice is not JsonObject fields || !fields.Remove("mended", out var repaired)) continue;
            fields["repaired"] = repaired;
        }
    }

    internal static JsonElement ElementOf(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) write(json);

        using var document = JsonDocument.Parse(buffer.ToArray());
        return document.RootElement.Clone();
    }

    internal static OrderedDictionary<string, long> Ordered(IEnumerable<(string Key, long Value)> counts)
    {
        OrderedDictionary<string, long> ordered = [];
        foreach (var (key, value) in counts) ordered.Add(key, value);
        return ordered;
    }
}

/// <summary>The held-out side of a manifest.</summary>
/// <param name="Scheme">Cluster scheme.</param>
/// <param name="Split">Published split that was given, or null.</param>
/// <param name="Clusters">Clusters held out.</param>
/// <param name="AlsoExcluded">Clusters excluded from training with them.</param>
/// <param name="HeldOut">Tasks held out.</param>
/// <param name="Train">Tasks trained on.</param>
/// <param name="Excluded">Excluded tasks, with the reason.</param>
/// <param name="NotInCatalogue">Datasets of the clusters without a task.</param>
/// <param name="WithoutData">Tasks whose files were not found.</param>
public sealed record ManifestHoldOut(
    string Scheme, string? Split, IReadOnlyList<string> Clusters, IReadOnlyList<string> AlsoExcluded, IReadOnlyList<string> HeldOut, IReadOnlyList<string> Train,
    IReadOnlyList<ExcludedTask> Excluded, IReadOnlyList<string> NotInCatalogue, IReadOnlyList<string> WithoutData)
{
    internal static ManifestHoldOut Of(ResolvedPlan resolved)
    {
        var holdOut = resolved.HoldOut;
        return new ManifestHoldOut(
            holdOut.Scheme.Key, holdOut.Split?.Name, [.. holdOut.Clusters], [.. holdOut.AlsoExcluded], [.. holdOut.HeldOut], [.. holdOut.Train],
            [.. holdOut.Excluded], [.. holdOut.Unknown], [.. resolved.Missing.Select(task => task.Task)]);
    }
}

/// <summary>Mixing rates.</summary>
/// <param name="MaxRate">Maximum rate of a task.</param>
/// <param name="TotalRate">Sum of all.</param>
/// <param name="Rates">Rate by task.</param>
public sealed record ManifestMixture(long MaxRate, long TotalRate, IReadOnlyDictionary<string, long> Rates)
{
    /// <summary><c>once</c>, <c>rates</c> or <c>draw</c>; null in manifests of earlier versions.</summary>
    public string? Kind { get; init; }

    /// <summary>Share of each training task; null in manifests of earlier versions.</summary>
    public IReadOnlyList<ManifestShare>? Tasks { get; init; }
}

/// <summary>A training task's share of the mixture.</summary>
/// <param name="Task">Its key.</param>
/// <param name="Rows">Its training rows before filters, or the cap.</param>
/// <param name="Rate">Its mixing rate.</param>
/// <param name="Wanted">Rows requested by the mixture, including repeated ones; null when every row is used once.</param>
/// <param name="Selected">Distinct rows used.</param>
/// <param name="Repeated">Further uses of them.</param>
/// <param name="Short">Rows requested by the mixture that the task lacks.</param>
/// <param name="Examples">Training examples.</param>
/// <param name="Share">Their share of all training examples.</param>
public sealed record ManifestShare(string Task, long Rows, long Rate, long? Wanted, long Selected, long Repeated, long Short, long Examples, decimal Share);

/// <summary>An output file of a build.</summary>
/// <param name="Path">Path below the output folder, with <c>/</c>.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="Bytes">Its size in bytes.</param>
/// <param name="Sha256">SHA-256 of the file, lower-case hex.</param>
/// <param name="ContentSha256">SHA-256 of the uncompressed content; omitted if the file is not compressed as a whole.</param>
public sealed record ManifestFile(
    string Path, long Rows, long Bytes, string Sha256, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ContentSha256 = null)
{
    /// <summary>Rows with content that the container cannot store unchanged, such as tabs in tab-separated lines; omitted if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Altered { get; init; }

    internal static ManifestFile Of(PublishedFile file) => new(file.Path, file.Rows, file.Bytes, file.Sha256, file.ContentSha256) { Altered = file.Altered };
}

[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJson : JsonSerializerContext
{
    public static ManifestJson Relaxed { get; } = new(JsonWriting.SnakeCase);
}
