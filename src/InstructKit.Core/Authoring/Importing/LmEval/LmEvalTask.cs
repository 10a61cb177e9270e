using InstructKit.Authoring.Importing.Python;
using InstructKit.Diagnostics;
using InstructKit.Templates;
using InstructKit.Templating;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.LmEval;

/// <summary>Turns one task of lm-evaluation-harness into a task of ours.</summary>
/// <param name="name">Its name.</param>
/// <param name="map">Its settings, includes resolved.</param>
/// <param name="collector">Where to.</param>
internal sealed class LmEvalTask(YamlScalar name, YamlMap map, ImportCollector collector)
{
    private const string FunctionTag = "!function";

    // Without what these say there are no rows, no input or no target.
    private static readonly string[] Essential = ["class", "custom_dataset", "process_docs", "doc_to_text", "doc_to_target", "doc_to_choice", "description"];
    private static readonly (string Split, string Key)[] Roles = [("train", "training_split"), ("validation", "validation_split"), ("test", "test_split")];

    private static readonly string[] Used =
    [
        "task", "dataset_path", "dataset_name", "training_split", "validation_split", "test_split", "doc_to_text", "doc_to_target", "doc_to_choice", "description",
    ];

    private static readonly string[] FileFormats = ["json", "csv", "parquet"];

    /// <summary>Imports it, or tells why not.</summary>
    public void Import()
    {
        if (Refused()) return;

        if (TextOf("doc_to_text") is not { } text || map.Find("doc_to_target") is not YamlScalar { IsNull: false } target)
        {
            collector.LeaveOut(ImportCodes.NoCounterpart, $"The task '{name.Text}' has no text under 'doc_to_text' and 'doc_to_target', so it makes no input and target.", name.Span);
            return;
        }

        var input = Joined(TextOf("description")?.Text ?? string.Empty, LmEvalAnswer.IsColumn(text.Text) ? $"{{{{ {text.Text} }}}}" : text.Text);
        if (!TryNames(text, input, out var names)) return;

        var answer = new LmEvalAnswer(name, collector);
        if (!answer.ReadChoices(map.Find("doc_to_choice")) || !answer.ReadTarget(target)) return;

        if (answer.Options is null && answer.OptionsExpression is null && TextOf("output_type")?.Text == "multiple_choice")
        {
            collector.LeaveOut(ImportCodes.NoCounterpart, $"The task '{name.Text}' is multiple_choice and has no 'doc_to_choice'.", name.Span);
            return;
        }

        ReportUnapplied();
        collector.Take(MakeTask(input, answer, [.. names.Concat(answer.Names).Where(one => !SlotScope.IsBuiltin(one)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]), name.Span);
    }

    // The harness renders both and joins the results: a tag that takes the white space beside it must not reach into the other text.
    private static string Joined(string description, string text)
    {
        var end = description.TrimEnd();
        var start = text.TrimStart();
        var reaches = start is ['{', '{' or '%' or '#', '-', ..] || end is [.., '-', '}' or '%' or '#', '}'];
        return description.Length > 0 && reaches ? $"{description}{{{{ '' }}}}{text}" : description + text;
    }

    private YamlScalar? TextOf(string key) => map.Find(key) is YamlScalar { IsNull: false } scalar ? scalar : null;

    private bool Refused()
    {
        var before = false;
        foreach (var key in Essential)
        {
            if (map.Find(key) is { Tag: FunctionTag } function)
            {
                collector.LeaveOut(
                    ImportCodes.PythonCode, $"'{key}' of the task '{name.Text}' is the Python function '{(function as YamlScalar)?.Text}', which would have to run.", function.Span);
                before = true;
            }
        }

        if (TextOf("use_prompt") is { } prompt)
        {
            collector.LeaveOut(ImportCodes.NoCounterpart, $"The task '{name.Text}' takes its prompt from '{prompt.Text}'.", prompt.Span, "`instructkit import promptsource` imports those.");
            before = true;
        }

        if (TextOf("output_type") is { Text: "loglikelihood_rolling" } rolling)
        {
            collector.LeaveOut(ImportCodes.NoCounterpart, $"The task '{name.Text}' measures the likelihood of whole texts; it has no input and target.", rolling.Span);
            before = true;
        }

        return before;
    }

    private bool TryNames(YamlScalar text, string input, out IReadOnlyList<string> names)
    {
        // Positions are those of doc_to_text unless a description stands in front.
        var source = input == text.Text ? text.Embedded : SourceText.Embedded(text.Span.Source.Name, input, _ => text.Span.Start, text.Span.Source);
        if (Template.TryParse(source, TemplateOptions.For(Dialect.LmEval), out var template, out var diagnostics))
        {
            names = template.UndeclaredNames;
            return true;
        }

        collector.LeaveOut(ImportCodes.BadTemplate, $"The input of the task '{name.Text}' cannot be read.", diagnostics);
        names = [];
        return false;
    }

    private void ReportUnapplied()
    {
        foreach (var entry in map.Entries.Where(entry => !Essential.Contains(entry.Key.Text, StringComparer.Ordinal)))
        {
            foreach (var function in FunctionsIn(entry.Value))
                collector.Remark(ImportCodes.NotApplied, $"'{entry.Key.Text}' of the task '{name.Text}' names the Python function '{(function as YamlScalar)?.Text}', which is left out.", function.Span);
        }

        if (map.Find("gen_prefix") is YamlScalar { IsNull: false } prefix)
            collector.Remark(ImportCodes.NotApplied, $"'gen_prefix' of the task '{name.Text}' is kept in the metadata; no input ends in it.", prefix.Span);
    }

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

    private ImportedTask MakeTask(string input, LmEvalAnswer answer, IReadOnlyList<string> columns)
    {
        var slices = Roles.Select(role => (role.Split, Slice: TextOf(role.Key)?.Text)).Where(role => role.Slice is not null).Select(role => (role.Split, role.Slice!)).ToList();
        if (slices.Count == 0) slices = [.. Roles.Select(role => (role.Split, role.Split))];

        return new ImportedTask
        {
            Key = TaskKey.Of(name.Text),
            Title = name.Text,
            Origin = $"lm-evaluation-harness, {name.Text}",
            Columns = [.. columns.Select(column => (column, "any?"))],
            Layouts = Layouts([.. slices.Select(slice => slice.Item2).Distinct(StringComparer.Ordinal)]),
            Slices = slices,
            Fields = answer.Fields,
            Options = answer.Options,
            OptionsExpression = answer.OptionsExpression,
            Answer = answer.Answer,
            Answers = answer.Answers,
            Metrics = Metrics(),
            Templates =
            [
                new ImportedTemplate
                {
                    Id = "prompt",
                    Dialect = Dialect.LmEval,
                    Input = input,
                    Target = answer.Target,
                    Metadata = WithoutFunctions(map.Entries.Where(entry => !Used.Contains(entry.Key.Text, StringComparer.Ordinal)), map),
                },
            ],
        };
    }

    private IReadOnlyList<ImportedLayout> Layouts(IReadOnlyList<string> splits)
    {
        var path = TextOf("dataset_path")?.Text;
        var files = (map.Find("dataset_kwargs") as YamlMap)?.Find("data_files");
        if (path is null || Array.IndexOf(FileFormats, path) < 0) return ImportedLayout.Usual(path, TextOf("dataset_name")?.Text, splits);

        List<(string, string)> globs = files switch
        {
            YamlScalar one => [.. splits.Select(split => (split, one.Text))],
            YamlMap bySplit => [.. bySplit.Entries.Where(entry => entry.Value is YamlScalar).Select(entry => (entry.Key.Text, ((YamlScalar)entry.Value).Text))],
            _ => [.. splits.Select(split => (split, $"{split}.{(path == "json" ? "jsonl" : path)}*"))],
        };
        return [new ImportedLayout("files", path == "json" ? "jsonl" : path, globs)];
    }

    private IReadOnlyList<string> Metrics()
    {
        var named = (map.Find("metric_list") as YamlList)?.Items.OfType<YamlMap>().Select(metric => metric.Find("metric")).OfType<YamlScalar>().Where(metric => metric.Tag is null).Select(metric => metric.Text).ToList();
        // The harness' own defaults.
        return MetricTranslation.FromLmEval(named ?? [TextOf("output_type")?.Text == "multiple_choice" ? "acc" : "exact_match"]);
    }
}
