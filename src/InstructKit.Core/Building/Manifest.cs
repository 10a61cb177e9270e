using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text;
using InstructKit.Protocol;
using InstructKit.Sinks;
using InstructKit.Sources;
using InstructKit.Tasks;
using InstructKit.Yaml;

namespace InstructKit.Building;

/// <summary>
/// Writes <c>.instructkit/manifest.json</c>: what was really done. It holds nothing that differs between machines (no paths outside the data
/// folder, no times, no thread count), so that equal builds have equal manifests.
/// </summary>
public static class Manifest
{
    /// <summary>Version of the manifest's form.</summary>
    public const int FormatVersion = 1;

    /// <summary>The manifest of a build, indented JSON with a final line feed.</summary>
    public static byte[] Write(BuildReport report)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("format_version", FormatVersion);
            json.WriteString("tool", "instructkit");
            json.WriteString("version", ToolVersion.Text);
            WritePlan(json, report.Resolved);
            WriteHoldOut(json, report.Resolved);
            WriteMixture(json, report);
            json.WriteStartArray("tasks");
            foreach (var task in report.Tasks) WriteTask(json, task);

            json.WriteEndArray();
            json.WriteStartArray("outputs");
            foreach (var file in report.Outputs) WriteFile(json, file);

            json.WriteEndArray();
            if (report.Rejects is not null)
            {
                json.WritePropertyName("rejects");
                WriteFile(json, report.Rejects);
            }

            json.WriteNumber("rejected", report.Rejected);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WritePlan(Utf8JsonWriter json, ResolvedPlan resolved)
    {
        var plan = resolved.Plan;
        json.WriteStartObject("plan");
        Strings(json, "tasks", plan.Tasks?.Select(name => name.Text) ?? ["all"]);
        Strings(json, "train", plan.Train?.Select(name => name.Text) ?? ["all"]);
        Strings(json, "hold_out", plan.HoldOut.Select(name => name.Text));
        json.WriteString("scheme", resolved.HoldOut.Scheme.Key);
        json.WriteBoolean("keep_related", plan.KeepRelated);
        json.WriteNumber("seed", plan.Seed);
        json.WriteString("assign", plan.Assign switch { TemplateAssignment.One => "one", TemplateAssignment.RoundRobin => "round-robin", _ => "all" });
        Number(json, "first_templates", resolved.FirstTemplates);
        json.WriteBoolean("turned_around", plan.Inverted);
        Number(json, "max_train", plan.MaxTrain);
        Number(json, "max_validation", plan.MaxValidation);
        Number(json, "max_held_out", plan.MaxHeldOut);
        json.WriteNumber("max_rate", plan.MaxRate);
        json.WriteBoolean("shuffle", plan.Shuffle);
        json.WriteString("variant", plan.Variant?.Text);
        json.WriteString("on_bad_row", plan.OnBadRow == BadRowPolicy.Fail ? "fail" : "skip");
        Number(json, "max_rejects", plan.MaxRejects);
        json.WriteString("on_missing", plan.OnMissing == MissingDataPolicy.Fail ? "fail" : "skip");
        json.WriteString("format", OutputFormats.Name(plan.Format));
        Number(json, "shard_bytes", plan.ShardBytes);
        json.WriteString(LeniencyNames.InvalidUtf8, Word(LeniencyNames.ForCharacters, (int?)plan.Leniency.InvalidUtf8));
        json.WriteString(LeniencyNames.DuplicateKeys, Word(LeniencyNames.ForKeys, (int?)plan.Leniency.DuplicateKeys));
        json.WriteString(LeniencyNames.LoneSurrogates, Word(LeniencyNames.ForCharacters, (int?)plan.Leniency.LoneSurrogates));
        json.WriteStartObject("limits");
        json.WriteNumber("line_bytes", plan.Limits.MaxLineBytes);
        json.WriteNumber("json_depth", plan.Limits.MaxJsonDepth);
        json.WriteNumber("columns", plan.Limits.MaxColumns);
        json.WriteNumber("archive_entries", plan.Limits.MaxArchiveEntries);
        json.WriteNumber("compression_ratio", plan.Limits.MaxCompressionRatio);
        json.WriteNumber("unpacked_bytes", plan.Limits.MaxUnpackedBytes);
        json.WriteNumber("buffer_bytes", plan.Limits.MaxBufferBytes);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteHoldOut(Utf8JsonWriter json, ResolvedPlan resolved)
    {
        var holdOut = resolved.HoldOut;
        json.WriteStartObject("hold_out");
        json.WriteString("scheme", holdOut.Scheme.Key);
        json.WriteString("split", holdOut.Split?.Name);
        Strings(json, "clusters", holdOut.Clusters);
        Strings(json, "also_excluded", holdOut.AlsoExcluded);
        Strings(json, "held_out", holdOut.HeldOut);
        Strings(json, "train", holdOut.Train);
        json.WriteStartArray("excluded");
        foreach (var task in holdOut.Excluded)
        {
            json.WriteStartObject();
            json.WriteString("task", task.Task);
            json.WriteString("reason", task.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Strings(json, "not_in_catalogue", holdOut.Unknown);
        Strings(json, "without_data", resolved.Missing.Select(task => task.Task));
        json.WriteEndObject();
    }

    private static void WriteMixture(Utf8JsonWriter json, BuildReport report)
    {
        var rates = report.Tasks
            .Where(task => task.Task.Use == TaskUse.Train)
            .Select(task => (task.Task.Task.Key, Rate: Mixture.Rate(task.Slices.Where(slice => slice.Slice == SliceKind.Train).Sum(slice => slice.Counts.Selected), report.Resolved.Plan.MaxRate)))
            .ToList();
        json.WriteStartObject("mixture");
        json.WriteNumber("max_rate", report.Resolved.Plan.MaxRate);
        json.WriteNumber("total_rate", rates.Sum(rate => rate.Rate));
        json.WriteStartObject("rates");
        foreach (var (key, rate) in rates) json.WriteNumber(key, rate);

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTask(Utf8JsonWriter json, BuiltTask built)
    {
        var task = built.Task.Task;
        json.WriteStartObject();
        json.WriteString("task", task.Key);
        json.WriteString("title", task.Title);
        json.WriteString("cluster", built.Task.Cluster);
        json.WriteString("role", built.Task.Use == TaskUse.Train ? "train" : "held_out");
        json.WriteString("layout", built.Task.Data.Layout.Name);
        if (built.Task.Data.Snapshot is { } snapshot)
        {
            json.WriteStartObject("hub");
            json.WriteString("id", snapshot.Id);
            json.WriteString("revision", snapshot.Revision);
            json.WriteString("commit", snapshot.Commit);
            json.WriteEndObject();
        }

        json.WriteString("variant", task.Variant);
        json.WriteString("cite", task.Cite);
        json.WriteString("licence", task.Licence);
        if (task.Evaluation is { } evaluation)
        {
            json.WritePropertyName("evaluation");
            YamlJson.Write(json, evaluation);
        }

        json.WriteStartArray("inputs");
        foreach (var input in built.Inputs)
        {
            json.WriteStartObject();
            json.WriteString("split", input.Split);
            json.WriteNumber("files", input.Count);
            json.WriteNumber("bytes", input.Bytes);
            json.WriteString("sha256", input.Sha256);
            Strings(json, "names", input.Files);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("slices");
        foreach (var slice in built.Slices) WriteSlice(json, built, slice);

        json.WriteEndArray();
        json.WriteStartObject("templates");
        foreach (var template in built.Prompts) json.WriteString(template.Id, HashOf(template));

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSlice(Utf8JsonWriter json, BuiltTask built, BuiltSlice slice)
    {
        json.WriteStartObject();
        json.WriteString("slice", slice.Slice.ToString().ToLowerInvariant());
        json.WriteString("source", slice.Source.ToString());
        json.WriteString("output", slice.Split);
        json.WriteNumber("read", slice.Counts.Read);
        json.WriteNumber("selected", slice.Counts.Selected);
        json.WriteNumber("rejected", slice.Counts.Rejected);
        json.WriteStartObject("mended");
        foreach (var (name, rows) in slice.Counts.Mended.Found) json.WriteNumber(name, rows);

        json.WriteEndObject();
        Counts(json, "dropped", slice.Counts.Dropped);
        Counts(json, "templates_skipped", slice.Counts.SkippedTemplates);
        json.WriteBoolean("capped", slice.Counts.Capped);
        json.WriteNumber("examples", slice.Counts.Examples);
        json.WriteStartObject("by_template");
        for (var i = 0; i < built.Prompts.Count; i++) json.WriteNumber(built.Prompts[i].Id, slice.Counts.Templates[i]);

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Counts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, long> counts)
    {
        json.WriteStartObject(name);
        foreach (var (reason, count) in counts) json.WriteNumber(reason, count);

        json.WriteEndObject();
    }

    private static void WriteFile(Utf8JsonWriter json, PublishedFile file)
    {
        json.WriteStartObject();
        json.WriteString("path", file.Path);
        json.WriteNumber("rows", file.Rows);
        json.WriteNumber("bytes", file.Bytes);
        json.WriteString("sha256", file.Sha256);
        json.WriteEndObject();
    }

    private static string HashOf(TemplateDefinition template) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{template.KindText}\0{template.Input.Text}\0{template.Target.Text}\0{template.Answer?.Text}{ForeignPart(template)}")));

    // Nothing for the dialect that most templates are in.
    private static string ForeignPart(TemplateDefinition template) =>
        template.Dialect == Templating.Dialect.Jinja ? string.Empty : $"\0{template.Dialect}\0{template.Choices?.Text}";

    private static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);

        json.WriteEndArray();
    }

    // What the plan does not say is left to the layouts.
    private static string? Word(IReadOnlyList<string> words, int? index) => index is { } at ? words[at] : null;

    private static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}
