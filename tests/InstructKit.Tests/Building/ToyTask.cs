using InstructKit.Building;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Formats;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>A small separate catalogue: two clusters, three tasks on JSON Lines, and rows whose outcome can be computed by hand.</summary>
internal static class ToyTask
{
    public const string Clusters = """
        schemes:
          toy:
            title: Toy clusters
            clusters:
              - { key: colours, title: Colours, aliases: [hues], tasks: [colour] }
              - { key: sizes, title: Sizes, tasks: [size] }
              - { key: shapes, title: Shapes, tasks: [shape] }
            leaves_with: { colours: [shapes] }
        """;

    /// <summary>Writes the catalogue folder.</summary>
    public static string WriteCatalogue(ScratchFolder scratch, Func<string, string>? change = null)
    {
        scratch.Write("catalogue/clusters.yaml", Clusters);
        foreach (var key in new[] { "colour", "size", "shape" })
        {
            var text = Yaml(key);
            scratch.Write($"catalogue/{key}s/{key}.yaml", change is null ? text : change(text));
        }

        return scratch.At("catalogue");
    }

    public static string Yaml(string key) => $$$"""
        task: {{{key}}}
        title: Toy {{{key}}}
        columns: { text: string, label: "int?" }
        layouts:
          - name: lines
            format: jsonl
            files: { train: train.jsonl, test: test.jsonl }
        splits: { train: "train[:-3]", validation: "train[-3:]", test: test }
        keep_if: { unlabelled: "label is not none" }
        options: [ "no", "yes" ]
        answer: "options[label]"
        metrics: [ accuracy ]
        templates:
          - id: ask
            input: "{{{key}}}? {{ text }} {{ options_block }}"
            target: "{{ answer }}"
          - id: tell
            input: "Tell the {{{key}}}: {{ text }} ({{ options | join('/') }})"
            target: "{{ answer }}"
          - id: invent
            kind: inverse
            input: "Invent a text that is {{ answer }}."
            target: "{{ text }}"
        """;

    /// <summary>Writes rows: text "row i" (with quotes and unicode), label i mod 2, null for every seventh.</summary>
    public static void WriteData(ScratchFolder scratch, string key, int train, int test)
    {
        scratch.Write($"data/{key}/train.jsonl", Rows(key, "train", train));
        scratch.Write($"data/{key}/test.jsonl", Rows(key, "test", test));
    }

    /// <summary>Writes catalogue and rows; a plan over them that counts tokens, with one task held out.</summary>
    public static BuildPlan TokenPlan(ScratchFolder scratch)
    {
        WriteCatalogue(scratch);
        foreach (var task in new[] { "colour", "size" }) WriteData(scratch, task, 60, 6);
        return new BuildPlan
        {
            Data = [scratch.At("data")],
            Out = scratch.At("out"),
            HoldOut = ["size"],
            Jobs = 2,
            OnMissing = MissingDataPolicy.Skip,
            Format = ExampleFormats.Find("prompt-completion")!,
            Tokenizer = "o200k_base",
        };
    }

    public static BuildReport Build(ScratchFolder scratch, BuildPlan plan, string? catalogue = null)
    {
        var resolved = PlanResolver.Resolve(plan, TaskRegistry.Open(catalogue ?? scratch.At("catalogue"), plan.TaskFolders));
        return DatasetBuilder.Run(resolved, null, TestContext.Current.CancellationToken);
    }

    public static string ReadAll(string folder)
    {
        var text = new StringBuilder();
        foreach (var path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            text.Append(Path.GetRelativePath(folder, path)).Append('\n').Append(File.ReadAllText(path)).Append('\n');

        return text.ToString();
    }

    private static string Rows(string key, string split, int count)
    {
        // Rows of one task are not those of another.
        var what = key == "colour" ? "row" : $"{key} row";
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var label = i % 7 == 6 ? "null" : (i % 2).ToString(System.Globalization.CultureInfo.InvariantCulture);
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{{\"text\": \"{split} {what} {i} \\\"é\\\" 😀\", \"label\": {label}}}\n");
        }

        return text.ToString();
    }
}
