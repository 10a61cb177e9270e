using System.Text.RegularExpressions;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.LmEval;

/// <summary>Where a task's rows are: what <c>dataset_path</c>, <c>dataset_name</c>, <c>dataset_kwargs</c> and the split names mean to a build.</summary>
/// <param name="collector">Where omissions are reported.</param>
internal sealed partial class LmEvalData(LmEvalDefinition task, ImportCollector collector)
{
    private static readonly (string Split, string Key)[] Roles = [("train", "training_split"), ("validation", "validation_split"), ("test", "test_split")];

    private static readonly string[] Builders = ["json", "csv", "parquet"];

    // Settings of how files are fetched, not of their content.
    private static readonly string[] Fetching = ["trust_remote_code", "token", "use_auth_token", "download_mode", "cache_dir", "verification_mode", "num_proc", "streaming", "data_files"];

    [GeneratedRegex(@"\A(?:hf://datasets/(?<id>[^/@]+/[^/@]+)(?:@(?<revision>[^/]+))?|https?://huggingface\.co/datasets/(?<id>[^/]+/[^/]+)/(?:resolve|raw|blob)/(?<revision>[^/]+))/(?<path>[^?#]+)")]
    private static partial Regex HubFile { get; }

    /// <summary>Our slices of the source's splits. The harness evaluates on the validation split if there is no test split.</summary>
    public IReadOnlyList<(string SliceKind, string Slice)> Slices()
    {
        List<(string SliceKind, string Slice)> slices =
            [.. Roles.Select(role => (role.Split, Slice: task.Map.FindText(role.Key)?.Text)).Where(role => role.Slice is not null).Select(role => (role.Split, role.Slice!))];
        if (slices.Count == 0) return [.. Roles.Select(role => (role.Split, role.Split))];

        var validation = slices.FindIndex(slice => slice.SliceKind == "validation");
        if (validation >= 0 && slices.TrueForAll(slice => slice.SliceKind != "test")) slices.Add(("test", slices[validation].Slice));

        return slices;
    }

    /// <summary>The layouts in which the rows may be found.</summary>
    /// <param name="slices">Our slices.</param>
    /// <param name="map">Columns derived from the file's own.</param>
    public IReadOnlyList<ImportedLayout> Layouts(IReadOnlyList<(string SliceKind, string Slice)> slices, IReadOnlyList<(string Column, string Expression)> map)
    {
        List<string> splits = [.. slices.Select(slice => slice.Slice.Split('[')[0].Trim()).Distinct(StringComparer.Ordinal)];
        var arguments = task.Map.Find("dataset_kwargs") as YamlMap;
        foreach (var entry in arguments?.Entries ?? [])
        {
            if (!Fetching.Contains(entry.Key.Text, StringComparer.Ordinal))
                LmEvalSettings.NotApplied(collector, $"'dataset_kwargs.{entry.Key.Text}' of the task '{task.Name.Text}'", entry.Value, entry.Value.Span);
        }

        var path = task.Map.FindText("dataset_path")?.Text;
        IReadOnlyList<ImportedLayout> layouts = path is not null && Builders.Contains(path, StringComparer.Ordinal)
            ? [FilesOf(path, arguments, splits)]
            : ImportedLayout.Usual(path, task.Map.FindText("dataset_name")?.Text, splits);
        return [.. layouts.Select(layout => layout with { Map = map })];
    }

    private ImportedLayout FilesOf(string builder, YamlMap? arguments, IReadOnlyList<string> splits)
    {
        (string Id, string? Config, string? Revision)? hub = null;
        List<(string Split, IReadOnlyList<string> Globs)> files = arguments?.Find("data_files") switch
        {
            YamlMap bySplit => [.. bySplit.Entries.Select(entry => (entry.Key.Text, Globs(entry.Value)))],
            { } all => [.. splits.Select(split => (split, Globs(all)))],
            null => [.. splits.Select(split => (split, (IReadOnlyList<string>)[$"{split}.{(builder == "json" ? "jsonl" : builder)}*"]))],
        };
        return new ImportedLayout("files", builder == "json" ? "jsonl" : builder, [.. files.Where(file => file.Globs.Count > 0)]) { Hub = hub };

        IReadOnlyList<string> Globs(YamlNode node) => node switch
        {
            YamlScalar one => [Glob(one)],
            YamlList list => [.. list.Items.OfType<YamlScalar>().Select(Glob)],
            _ => [],
        };

        string Glob(YamlScalar file)
        {
            if (HubFile.Match(file.Text) is { Success: true } match)
            {
                hub ??= (match.Groups["id"].Value, null, match.Groups["revision"] is { Success: true, Value: not "main" } revision ? revision.Value : null);
                return match.Groups["path"].Value;
            }

            if (!file.Text.Contains("://", StringComparison.Ordinal) && !Path.IsPathRooted(file.Text)) return file.Text;

            var name = Path.GetFileName(file.Text.Split('?', '#')[0]);
            collector.Remark(
                ImportCodes.NotApplied,
                $"The rows of the task '{task.Name.Text}' are at {file.Text}, which a build does not open; put the file into the data folder as '{name}'.",
                file.Span);
            return name;
        }
    }
}
