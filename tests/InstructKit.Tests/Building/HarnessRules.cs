using System.Text.Json;
using System.Text.RegularExpressions;
using InstructKit.Yaml;

namespace InstructKit.Tests.Building;

/// <summary>Pitfalls of lm-evaluation-harness (4e7e0d4) with generated files, found with its own loader: each rule is one that loads incorrectly, raises an
/// error or silently scores 0. Reports the errors of a folder of evaluation sets.</summary>
internal static partial class HarnessRules
{
    private static readonly Dictionary<string, string> Aggregations = new(StringComparer.Ordinal)
    {
        ["acc"] = "mean",
        ["acc_norm"] = "mean",
        ["exact_match"] = "mean",
        ["bleu"] = "bleu",
        ["chrf"] = "chrf",
    };

    public static List<string> Check(string folder)
    {
        List<string> wrong = [];
        Dictionary<string, JsonElement> index = new(StringComparer.Ordinal);
        foreach (var path in Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var yaml = Load(path);
            var name = (yaml.TryGetProperty("group", out var group) ? group : yaml.GetProperty("task")).GetString()!;
            if (!Name().IsMatch(name)) wrong.Add($"name: '{name}'");
            if (!index.TryAdd(name, yaml)) wrong.Add($"doubled: {name}");
        }

        foreach (var (name, yaml) in index)
        {
            if (yaml.TryGetProperty("group", out _)) CheckGroup(name, yaml, index, wrong);
            else CheckSet(name, yaml, folder, wrong);
        }

        var members = index.Values.Where(yaml => yaml.TryGetProperty("group", out _)).SelectMany(yaml => yaml.GetProperty("task").EnumerateArray().Select(task => task.GetString()!)).ToList();
        wrong.AddRange(index.Where(pair => !pair.Value.TryGetProperty("group", out _) && members.Count(member => member == pair.Key) != 1).Select(pair => $"in no group, or in several: {pair.Key}"));
        return wrong;
    }

    private static void CheckGroup(string name, JsonElement yaml, Dictionary<string, JsonElement> index, List<string> wrong)
    {
        foreach (var member in yaml.GetProperty("task").EnumerateArray())
        {
            if (!index.ContainsKey(member.GetString()!)) wrong.Add($"unknown member: {member}");
            // A separate tree for every variant: names in one tree share a prefix.
            if (!member.GetString()!.StartsWith(name[..(name.IndexOf('_', StringComparison.Ordinal) + 1)], StringComparison.Ordinal)) wrong.Add($"mixes trees: {name} and {member}");
        }

        foreach (var metric in yaml.GetProperty("aggregate_metric_list").EnumerateArray())
        {
            if (metric.GetProperty("weight_by_size").ValueKind != JsonValueKind.False) wrong.Add($"weighs by size: {name}");
            if (!Aggregations.ContainsKey(metric.GetProperty("metric").GetString()!)) wrong.Add($"metric: {metric}");
        }
    }

    private static void CheckSet(string name, JsonElement yaml, string folder, List<string> wrong)
    {
        string Text(string key) => yaml.TryGetProperty(key, out var value) ? value.ToString() : string.Empty;

        if (Text("dataset_path") != "json") wrong.Add($"dataset_path: {name}");
        if (Text("num_fewshot") != "0") wrong.Add($"num_fewshot: {name}");
        if (!yaml.TryGetProperty("target_delimiter", out _)) wrong.Add($"target_delimiter: {name}");
        var file = yaml.GetProperty("dataset_kwargs").GetProperty("data_files").GetProperty("test").GetString()!;
        if (Path.IsPathRooted(file)) wrong.Add($"absolute path: {name}");
        if (!File.Exists(Path.Combine(folder, file)))
        {
            wrong.Add($"no file: {file}");
            return;
        }

        if (Text("test_split") != "test" && Text("validation_split") != "test") wrong.Add($"no split: {name}");

        var rows = File.ReadLines(Path.Combine(folder, file)).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var columns = rows[0].EnumerateObject().Select(property => property.Name).ToList();
        if (rows.Any(row => !row.EnumerateObject().Select(property => property.Name).SequenceEqual(columns)))
        {
            wrong.Add($"columns differ: {name}");
            return;
        }

        foreach (var column in columns.Where(column => rows.Select(row => KindOf(row.GetProperty(column))).Where(kind => kind != "empty list").Distinct().Count() > 1))
            wrong.Add($"type of {column} differs: {name}");

        if (!columns.Contains(Text("doc_to_text"))) wrong.Add($"doc_to_text is no column: {name}");
        var target = Text("doc_to_target");
        if (!columns.Contains(target))
        {
            wrong.Add($"doc_to_target is no column: {name}");
            return;
        }

        foreach (var metric in yaml.GetProperty("metric_list").EnumerateArray())
        {
            if (!Aggregations.TryGetValue(metric.GetProperty("metric").GetString()!, out var aggregation) || metric.GetProperty("aggregation").GetString() != aggregation || !metric.GetProperty("higher_is_better").GetBoolean())
                wrong.Add($"metric: {metric}");
        }

        var metrics = yaml.GetProperty("metric_list").EnumerateArray().Select(metric => metric.GetProperty("metric").GetString()).ToList();
        if (Text("output_type") == "multiple_choice") CheckRanked(name, Text("doc_to_choice"), target, rows, metrics, wrong);
        else CheckGenerated(name, yaml, target, rows, metrics, wrong);
    }

    private static void CheckRanked(string name, string choices, string target, List<JsonElement> rows, List<string?> metrics, List<string> wrong)
    {
        if (metrics.Exists(metric => metric is not ("acc" or "acc_norm"))) wrong.Add($"metric of another kind: {name}");
        foreach (var row in rows)
        {
            var options = row.GetProperty(choices).EnumerateArray().Select(option => option.GetString()!).ToList();
            if (options.Count == 0) wrong.Add($"no choices (IndexError): {name}");
            if (options.Contains(string.Empty)) wrong.Add($"an empty choice (IndexError): {name}");
            var gold = row.GetProperty(target);
            List<JsonElement> indexes = gold.ValueKind == JsonValueKind.Array ? [.. gold.EnumerateArray()] : [gold];
            if (indexes.Exists(index => index.ValueKind != JsonValueKind.Number)) wrong.Add($"a text as target (TypeError): {name}");
            else if (indexes.Count == 0 || indexes.Exists(index => index.GetInt32() < 0 || index.GetInt32() >= options.Count)) wrong.Add($"no right choice (scores 0): {name}");
            if (gold.ValueKind != JsonValueKind.Array && row.GetProperty("answer_indexes").GetArrayLength() > 1) wrong.Add($"loses right choices: {name}");
        }
    }

    private static void CheckGenerated(string name, JsonElement yaml, string target, List<JsonElement> rows, List<string?> metrics, List<string> wrong)
    {
        if (yaml.GetProperty("output_type").GetString() != "generate_until") wrong.Add($"output_type: {name}");
        if (yaml.TryGetProperty("doc_to_choice", out _)) wrong.Add($"choices of a generated answer: {name}");
        if (!yaml.TryGetProperty("generation_kwargs", out var settings) || settings.GetProperty("until").ValueKind != JsonValueKind.Array || settings.GetProperty("do_sample").GetBoolean())
            wrong.Add($"generation_kwargs: {name}");
        else if (settings.GetProperty("until").EnumerateArray().Any(stop => rows.Exists(row => row.GetProperty("target").GetString()!.Contains(stop.GetString()!, StringComparison.Ordinal))))
            wrong.Add($"stops within right answers: {name}");

        var isList = rows[0].GetProperty(target).ValueKind == JsonValueKind.Array;
        if (isList && metrics.Exists(metric => metric != "exact_match")) wrong.Add($"a list of targets makes yes or no of the metric: {name}");
        if (!isList && metrics.Contains("exact_match") && rows.Exists(row => row.GetProperty("answers").GetArrayLength() > 1)) wrong.Add($"loses right answers: {name}");
        if (metrics.Exists(metric => metric is "acc" or "acc_norm")) wrong.Add($"metric of another kind: {name}");
    }

    private static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array when value.GetArrayLength() == 0 => "empty list",
        JsonValueKind.Array => $"list of {value[0].ValueKind}",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        var kind => kind.ToString(),
    };

    private static JsonElement Load(string path)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) YamlJson.Write(json, YamlFile.Load(path));

        return JsonDocument.Parse(buffer.ToArray()).RootElement;
    }

    [GeneratedRegex(@"^[\w-]+\z")]
    private static partial Regex Name();
}
