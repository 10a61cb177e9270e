using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.LmEval;

/// <summary>
/// The settings of a task that control how the harness evaluates it. They change no row here: they are kept under <c>evaluation:</c>, and each one that
/// makes the harness differ from a build is reported with its value and position.
/// </summary>
/// <param name="collector">Where omissions are reported.</param>
internal sealed class LmEvalSettings(LmEvalDefinition task, ImportCollector collector)
{
    /// <summary>Tag of a Python function.</summary>
    public const string FunctionTag = "!function";

    private const int MaxShown = 80;

    private static readonly string[] Kept =
    [
        "output_type", "target_delimiter", "fewshot_delimiter", "num_fewshot", "fewshot_split", "fewshot_config", "generation_kwargs", "filter_list", "repeats",
        "gen_prefix", "metric_list",
    ];

    // Settings that change neither rows nor scores, or that other parts of the import read or report.
    private static readonly string[] Quiet =
    [
        "task", "task_alias", "tag", "group", "group_alias", "metadata", "version", "include", "dataset_path", "dataset_name", "dataset_kwargs", "training_split",
        "validation_split", "test_split", "doc_to_text", "doc_to_target", "doc_to_choice", "description", "output_type", "metric_list", "should_decontaminate",
        "doc_to_decontamination_query", "unsafe_code", "process_results",
    ];

    /// <summary>Reports settings that the import does not apply.</summary>
    public void Report()
    {
        foreach (var entry in task.Map.Entries)
        {
            foreach (var function in IsTranslated(entry) ? [] : FunctionsIn(entry.Value))
            {
                collector.Remark(
                    ImportCodes.NotApplied, $"'{entry.Key.Text}' of the task '{task.Name.Text}' names the Python function '{(function as YamlScalar)?.Text}', which is left out.", function.Span);
            }

            if (Quiet.Contains(entry.Key.Text, StringComparer.Ordinal) || entry.Value.Tag == FunctionTag || IsDefault(entry)) continue;

            if (entry is { Key.Text: "fewshot_config", Value: YamlMap parts })
            {
                foreach (var part in parts.Entries.Where(part => part.Value is not YamlScalar { IsNull: true } && part.Value.Tag != FunctionTag)) Tell($"fewshot_config.{part.Key.Text}", part.Value, isKept: true);
            }
            else
            {
                Tell(entry.Key.Text, entry.Value, Kept.Contains(entry.Key.Text, StringComparer.Ordinal));
            }
        }
    }

    /// <summary>The metrics under our names; unknown ones are reported.</summary>
    public IReadOnlyList<string> Metrics()
    {
        if (task.Map.Find("metric_list") is not YamlList list)
            return MetricTranslation.FromLmEval([(task.Map.Find("output_type") as YamlScalar)?.Text == "multiple_choice" ? "acc" : "exact_match"]);

        List<string> metrics = [];
        foreach (var metric in list.Items.OfType<YamlMap>().Select(metric => metric.Find("metric")).OfType<YamlScalar>().Where(metric => metric.Tag is null))
        {
            var ours = MetricTranslation.FromLmEval([metric.Text]);
            if (ours.Count == 0)
            {
                collector.Remark(
                    ImportCodes.NotApplied, $"The metric '{metric.Text}' of the task '{task.Name.Text}' has no counterpart and is dropped from 'metrics'; it is kept under 'evaluation'.", metric.Span);
            }

            metrics.AddRange(ours);
        }

        return [.. metrics.Distinct(StringComparer.Ordinal)];
    }

    public YamlMap Evaluation() => WithoutFunctions(task.Map.Entries.Where(entry => Kept.Contains(entry.Key.Text, StringComparer.Ordinal) && entry.Value is not YamlScalar { IsNull: true }), task.Map);

    /// <summary>Other settings of the file, for information.</summary>
    /// <param name="used">Keys that the import has used.</param>
    public YamlMap Rest(IReadOnlyList<string> used) =>
        WithoutFunctions(task.Map.Entries.Where(entry => !used.Contains(entry.Key.Text, StringComparer.Ordinal) && !Kept.Contains(entry.Key.Text, StringComparer.Ordinal)), task.Map);

    /// <summary>Reports a value that makes the harness do something else than a build does.</summary>
    /// <param name="what">Its key, and whose it is.</param>
    public static void NotApplied(ImportCollector collector, string what, YamlNode value, SourceSpan span) =>
        collector.Remark(ImportCodes.NotApplied, $"{what} is {Shown(value)}, which the import does not apply.", span);

    // A value on one line.
    private static string Shown(YamlNode node)
    {
        var text = node switch
        {
            YamlScalar { Plain: true } word => word.Text.Length == 0 ? "null" : word.Text,
            YamlScalar scalar => YamlText.Inline(scalar.Text) is var inline && inline.StartsWith('"') ? inline : $"\"{inline}\"",
            YamlList list => $"[{string.Join(", ", list.Items.Select(Shown))}]",
            YamlMap map => $"{{{string.Join(", ", map.Entries.Select(entry => $"{entry.Key.Text}: {Shown(entry.Value)}"))}}}",
            _ => string.Empty,
        };
        return text.Length <= MaxShown ? text : $"{text[..MaxShown]}…";
    }

    private void Tell(string key, YamlNode value, bool isKept) => collector.Remark(
        ImportCodes.NotApplied,
        $"'{key}' of the task '{task.Name.Text}' is {(key == "fewshot_config.samples" && value is YamlList samples ? $"a list of {samples.Items.Count} inline samples" : Shown(value))}, which the import does not apply to the rows{(isKept ? "; it is kept under 'evaluation'" : string.Empty)}.",
        value.Span);

    // Untranslatable tasks are rejected before settings are reported.
    private static bool IsTranslated(YamlEntry entry) => entry is { Key.Text: "process_docs" or "doc_to_text" or "doc_to_target" or "doc_to_choice", Value: YamlScalar };

    // The harness' own defaults, which are those of a build.
    private static bool IsDefault(YamlEntry entry) => entry.Value is YamlScalar scalar && (scalar.IsNull || entry.Key.Text switch
    {
        "target_delimiter" => scalar.Text == " ",
        "fewshot_delimiter" => scalar.Text == "\n\n",
        "num_fewshot" => PyYaml.IntegerOf(scalar) == 0,
        "repeats" => PyYaml.IntegerOf(scalar) == 1,
        "gen_prefix" or "template_aliases" => scalar.Text.Length == 0,
        _ => false,
    });

    private static IEnumerable<YamlNode> FunctionsIn(YamlNode node) => node switch
    {
        { Tag: FunctionTag } => [node],
        YamlList list => list.Items.SelectMany(FunctionsIn),
        YamlMap inner => inner.Entries.SelectMany(entry => FunctionsIn(entry.Value)),
        _ => [],
    };

    private static YamlNode? WithoutFunctions(YamlNode node) => node switch
    {
        { Tag: FunctionTag } => null,
        YamlList list => list with { Items = [.. list.Items.Select(WithoutFunctions).OfType<YamlNode>()] },
        YamlMap inner => WithoutFunctions(inner.Entries, inner) is { Entries.Count: > 0 } rest ? rest : null,
        _ => node,
    };

    private static YamlMap WithoutFunctions(IEnumerable<YamlEntry> entries, YamlMap place) =>
        new([.. entries.Select(entry => (entry.Key, Value: WithoutFunctions(entry.Value))).Where(pair => pair.Value is not null).Select(pair => new YamlEntry(pair.Key, pair.Value!))], place.Span);
}
