using System.Text.Json;
using InstructKit.Building.Plans;
using InstructKit.Formats;
using InstructKit.Formats.Snippets;
using InstructKit.Sinks;
using InstructKit.Sources.Files;
using InstructKit.Tasks;

namespace InstructKit.Building.Selection;

/// <summary>The small files that a build writes in addition to its examples: snippets for trainers, and LLaMA-Factory's registration.</summary>
internal static class BuildCompanions
{
    private const string LlamaFactory = "llama-factory";

    /// <summary>The output format that a snippet loads.</summary>
    /// <exception cref="DiagnosticException">The plan has none it can load (IK2023).</exception>
    public static BuildOutput OutputFor(TrainerSnippet snippet, IReadOnlyList<BuildOutput> outputs)
    {
        var known = snippet.Formats.Select(name => outputs.FirstOrDefault(output => output.Packed is null && output.Format.Name == name && LoaderOf(output) is not null)).FirstOrDefault(output => output is not null);
        return known ?? throw DiagnosticException.Error(TaskCodes.BadSetting, $"The snippet '{snippet.Name}' cannot load {(outputs[0].Packed is null ? $"'{outputs[0].Format.Name}' in '{outputs[0].Container.Name}'" : "packed sequences")}.",
            hint: $"It loads {string.Join(", ", snippet.Formats)} in JSON Lines, JSON or Parquet: add --also {snippet.Formats[0]}.");
    }

    /// <summary>Rejects snippets that match none of the plan's formats, and a file in which nothing can be registered.</summary>
    /// <exception cref="DiagnosticException">IK2023.</exception>
    public static void Check(BuildPlan plan, IReadOnlyList<BuildOutput> outputs)
    {
        foreach (var snippet in SnippetsOf(plan, outputs)) OutputFor(snippet, outputs);

        if (plan.Register is null) return;

        OutputFor(TrainerSnippets.All.First(snippet => snippet.NeedsDatasetInfo), outputs);
        // Checks before anything is read that the names are free, as far as they are known.
        Merge(plan, DatasetInfo.Entries(LlamaFactory, OutputSplit.All.Select(split => (split, (IReadOnlyList<string>)[split])), default, PrefixOf(plan), file => file));
    }

    /// <summary>The files, by path below the output folder.</summary>
    public static IEnumerable<(string Path, byte[] Content)> Of(ResolvedPlan resolved, IReadOnlyList<PublishedFile> written)
    {
        var outputs = resolved.Outputs;
        var snippets = SnippetsOf(resolved.Plan, outputs).ToList();
        foreach (var snippet in snippets)
        {
            var output = OutputFor(snippet, outputs);
            var data = new SnippetData(
                output.Format.Name, output == outputs[0] ? "default" : output.Format.Name, LoaderOf(output)!, FilesOf(written, output, OutputSplit.Train), FilesOf(written, output, OutputSplit.Validation)) // it has one, or it would not have been chosen
            {
                Mark = output.Format.Turns?.MarkOf(output.Settings.Turns) ?? string.Empty,
                HasTools = output.Plain.Schema.Columns.Any(column => column.Name == "tools"),
            };
            foreach (var (name, text) in snippet.Write(data)) yield return ($"{OutputNames.Snippets}/{name}", Encoding.UTF8.GetBytes(text));
        }

        var registered = snippets.Find(snippet => snippet.NeedsDatasetInfo) is { } needs ? OutputFor(needs, outputs) : outputs.FirstOrDefault(output => output.Packed is null && output.Format.Name == LlamaFactory);
        if (registered is not null) yield return (DatasetInfo.FileName, DatasetInfo.Write(registered.Format.Name, SplitsOf(written, registered), ShapeOf(registered)));
    }

    /// <summary>Merges the datasets of a finished build into a file of the user's.</summary>
    /// <exception cref="DiagnosticException">The file cannot be read or written.</exception>
    public static void Register(ResolvedPlan resolved, IReadOnlyList<PublishedFile> written)
    {
        var plan = resolved.Plan;
        if (plan.Register is not { } register) return;

        var output = OutputFor(TrainerSnippets.All.First(snippet => snippet.NeedsDatasetInfo), resolved.Outputs);
        var folder = Path.GetDirectoryName(Path.GetFullPath(register.Text))!; // a file's path has a folder
        var entries = DatasetInfo.Entries(
            output.Format.Name, SplitsOf(written, output), ShapeOf(output), PrefixOf(plan),
            file => Path.GetRelativePath(folder, Path.Combine(Path.GetFullPath(plan.Out), file)).Replace('\\', '/'));
        OutputFile.WriteAll(register.Text, Merge(plan, entries));
    }

    private static DatasetShape ShapeOf(BuildOutput output) => new(
        output.Settings.System is not null, output.Settings.Turns.Has.HasFlag(TurnParts.ToolCalls),
        output.Plain.Schema.Columns.Any(column => column.Name == "tools"), output.Plain.Schema.Columns.Any(column => column.Name == "images"));

    private static string PrefixOf(BuildPlan plan) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(plan.Out)));

    private static byte[] Merge(BuildPlan plan, System.Text.Json.Nodes.JsonObject entries)
    {
        var register = plan.Register!; // only called with one
        var folder = Path.GetDirectoryName(Path.GetFullPath(register.Text))!; // a file's path has a folder
        var own = Path.GetFullPath(plan.Out) + Path.DirectorySeparatorChar;
        try
        {
            if (!Directory.Exists(folder)) throw new JsonException($"there is no folder '{folder}'");

            return DatasetInfo.Merge(
                File.Exists(register.Text) ? File.ReadAllBytes(register.Text) : null, entries, path => Path.GetFullPath(Path.Combine(folder, path)).StartsWith(own, StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new DiagnosticException(
                Diagnostic.Error(TaskCodes.BadSetting, $"Nothing can be registered in '{register}': {exception.Message.TrimEnd('.')}.", register.Span), exception);
        }
    }

    private static IEnumerable<TrainerSnippet> SnippetsOf(BuildPlan plan, IReadOnlyList<BuildOutput> outputs) =>
        TrainerSnippets.All.Where(snippet => plan.Snippets.Contains(snippet) || (snippet.Name == "axolotl" && outputs.Any(output => output.Packed is null && output.Format.Name == snippet.Name)));

    private static IEnumerable<(string Split, IReadOnlyList<string> Files)> SplitsOf(IReadOnlyList<PublishedFile> written, BuildOutput output) =>
        OutputSplit.All.Select(split => (split, FilesOf(written, output, split))).Where(split => split.Item2.Count > 0);

    private static IReadOnlyList<string> FilesOf(IReadOnlyList<PublishedFile> written, BuildOutput output, string split) =>
        [.. written.Where(file => file.Split == split && file.Path.StartsWith($"{output.Folder}/", StringComparison.Ordinal)).Select(file => file.Path)];

    // Containers that trainers read without decompressing.
    private static string? LoaderOf(BuildOutput output) => output.Container.Extension switch
    {
        ".jsonl" or ".json" => "json",
        ".parquet" => "parquet",
        _ => null,
    };
}

/// <summary>Columns that a plan adds to those of its format because it samples something for each example.</summary>
internal static class TraceSet
{
    /// <summary>The columns of a plan.</summary>
    public static Traces Of(ResolvedPlan resolved)
    {
        var traces = resolved.Plan.Options.IsReleased ? Traces.None : Traces.Layout;
        if (resolved.Tasks.Any(task => resolved.TemplatesOf(task).Any(template => template.Variants.Count > 0))) traces |= Traces.Variant;
        if (resolved.Plan.FewShot.Exemplars > 0) traces |= Traces.Shape | Traces.Exemplars;
        if (resolved.Plan.Options.Shown != Protocol.OptionsShown.With) traces |= Traces.Shape;
        return traces;
    }
}
