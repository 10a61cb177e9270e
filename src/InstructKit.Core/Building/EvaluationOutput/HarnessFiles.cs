using System.Text.Encodings.Web;
using InstructKit.Tasks;

namespace InstructKit.Building.EvaluationOutput;

/// <summary>Files for lm-evaluation-harness: a YAML for each set, one for each task and one for each tree. Only metrics that it has without further packages
/// are named; it averages over sets, so FLAN-style figures come from <c>instructkit score</c> on its sample log.</summary>
internal static class HarnessFiles
{
    /// <summary>The files by path below the folder of the sets.</summary>
    /// <param name="root">Prefix of data paths; null for paths relative to the folder of the sets, where the harness must be started.</param>
    public static IEnumerable<(string Path, byte[] Content)> Write(IReadOnlyList<EvaluationSet> sets, string? root)
    {
        foreach (var set in sets) yield return ($"{set.Tree.Name}/{set.Name}.yaml", Bytes(Leaf(set, root)));

        foreach (var tree in sets.GroupBy(set => set.Tree))
        {
            var tasks = tree.GroupBy(EvaluationNames.GroupOf, StringComparer.Ordinal).ToList();
            foreach (var task in tasks) yield return ($"{tree.Key.Name}/{task.Key}.yaml", Bytes(Group(task.Key, task.Select(set => set.Name), task)));

            yield return ($"{tree.Key.Name}/{tree.Key.Top}.yaml", Bytes(Group(tree.Key.Top, tasks.Select(task => task.Key), tree)));
        }
    }

    /// <summary>Usage instructions, in Markdown.</summary>
    public static string Usage(IReadOnlyList<EvaluationSet> sets) => $"""
        Paths in the YAML files are relative to this folder, so start here:

        ```
        lm_eval --model hf --model_args pretrained=MODEL --include_path . --tasks {(sets.FirstOrDefault(set => set.Tree.Name == "test") ?? sets[0]).Tree.Top} --log_samples --output_path runs
        instructkit score runs --eval ..
        ```

        Groups: {string.Join(", ", sets.OrderBy(set => set.Tree.Name != "test").Select(set => $"`{set.Tree.Top}`").Distinct(StringComparer.Ordinal))}. The harness's own averages weigh every template alike, whatever the number of templates of a task.
        """;

    // Every text is written as a JSON string, which is valid YAML.
    private static string Leaf(EvaluationSet set, string? root)
    {
        var text = new StringBuilder();
        Line(text, $"task: {set.Name}");
        Line(text, "dataset_path: json");
        Line(text, $"dataset_kwargs: {{ data_files: {{ test: {Quote(root is null ? set.Path : $"{root.TrimEnd('/')}/{set.Path}")} }} }}");
        Line(text, "test_split: test");
        Line(text, "num_fewshot: 0");
        Line(text, $"output_type: {(set.IsRanked ? "multiple_choice" : "generate_until")}");
        // Column names: in templates, digits would become numbers and texts positions.
        Line(text, "doc_to_text: input");
        var metrics = MetricsOf(set);
        if (set.IsRanked)
        {
            Line(text, "doc_to_choice: choices");
            Line(text, $"doc_to_target: {(set.HasSeveralRight ? "answer_indexes" : "answer_index")}");
        }
        else
        {
            // With a list of answers the harness turns every metric into yes or no, which only fits exact match.
            Line(text, $"doc_to_target: {(set.HasSeveralRight && metrics is ["exact_match"] ? "answers" : "target")}");
            Line(text, $"generation_kwargs: {{ until: [{string.Join(", ", StopsOf(set).Select(Quote))}], do_sample: false }}");
        }

        Line(text, $"target_delimiter: {(set.InputsEndInSpace ? "\"\"" : "\" \"")}");
        Line(text, "metric_list:");
        foreach (var metric in metrics) Line(text, $"  - {{ metric: {metric}, aggregation: {(metric is "bleu" or "chrf" ? metric : "mean")}, higher_is_better: true }}");

        Line(text, "metadata: { version: 1.0 }");
        return text.ToString();
    }

    private static string Group(string name, IEnumerable<string> members, IEnumerable<EvaluationSet> sets)
    {
        var text = new StringBuilder();
        Line(text, $"group: {name}");
        Line(text, "task:");
        foreach (var member in members) Line(text, $"  - {member}");

        Line(text, "aggregate_metric_list:");
        foreach (var metric in sets.SelectMany(MetricsOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            Line(text, $"  - {{ metric: {metric}, aggregation: mean, weight_by_size: false }}");

        Line(text, "metadata: { version: 1.0 }");
        return text.ToString();
    }

    private static IReadOnlyList<string> MetricsOf(EvaluationSet set)
    {
        if (set.IsRanked) return ["acc", "acc_norm"];

        // Overlap of words or characters, if the task is scored by it; the harness has no ROUGE without another package.
        var isOverlap = set.Task.Metrics.Count > 0 && set.Task.Metrics[0] is { } first && (first is "bleu" or "chrf" or "ter" or "edit_distance" || first.StartsWith("rouge", StringComparison.Ordinal));
        return isOverlap ? ["bleu", "chrf"] : ["exact_match"];
    }

    private static IReadOnlyList<string> StopsOf(EvaluationSet set)
    {
        if (set.Contract.Stops.Count > 0) return set.Contract.Stops;

        // A text that is used whole ends at a blank line, unless correct answers contain one.
        return set.Contract.Format is AnswerFormat.Line or AnswerFormat.Option && !set.HasBlankLines ? ["\n"] : set.HasBlankLines ? [] : ["\n\n"];
    }

    private static string Quote(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
