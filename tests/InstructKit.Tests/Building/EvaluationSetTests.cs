using System.Text.Json;
using InstructKit.Building;
using InstructKit.Building.EvaluationOutput;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Building;

public sealed class EvaluationSetTests
{
    private const string Clusters = """
        schemes:
          toy:
            title: Toy clusters
            clusters:
              - { key: picks, title: Picks, tasks: [pick, label] }
              - { key: writes, title: Writes, tasks: [write, translate] }
              - { key: rest, title: Rest, tasks: [held_out] }
        """;

    // A row's own options, several correct ones, an empty one; inputs of digits; templates whose ids are equal without dots.
    private const string Pick = """
        task: pick
        title: Pick
        columns: { text: string, choices: list, right: list, question: string }
        layouts: [ { name: lines, format: jsonl, files: { train: train.jsonl, test: test.jsonl } } ]
        splits: { train: "train[:-1]", validation: "train[-1:]", test: test }
        options: choices
        answer_index: right
        group: question
        metrics: [ accuracy ]
        templates:
          - { id: a.b, input: "{{ text }}", target: "{{ answer }}" }
          - { id: a_b, input: "{{ text }} ", target: "{{ answer }}" }
        """;

    private const string Write = """
        task: write
        title: Write
        columns: { text: string, replies: list }
        layouts: [ { name: lines, format: jsonl, files: { train: train.jsonl, test: test.jsonl } } ]
        splits: { train: "train[:-1]", validation: "train[-1:]", test: test }
        answers: replies
        metrics: [ METRIC ]
        templates:
          - { id: say, input: "Say {{ text }}", target: "{{ answer }}" }
          - { id: turn, kind: inverse, input: "{{ answer }}", target: "{{ text }}" }
        """;

    [Fact]
    public void Files_for_the_harness_break_none_of_its_rules()
    {
        using var scratch = new ScratchFolder();
        var report = Build(scratch);
        var sets = scratch.At("out", "eval");
        Assert.Empty(HarnessRules.Check(sets));

        // One of the three rows of pick has an empty option, so it cannot be ranked.
        var entries = EvaluationIndex.Read("sets.json", File.ReadAllBytes(Path.Combine(sets, "sets.json"))).Sets;
        Assert.Equal(
            ["ik_pick-a_b 2", "ik_pick-a_b-text 1", "ik_pick-a_b-2 2", "ik_pick-a_b-text-2 1", "ik_translate-say 2", "ik_write-say 2"],
            entries.Where(set => set.Tree == "test" && set.Task is "pick" or "write" or "translate" && set.Tree == "test").OrderBy(set => set.Task, StringComparer.Ordinal).Select(set => $"{set.Name} {set.Rows}"));
        Assert.Equal(entries.Sum(set => set.Rows), report.Examples(OutputSplit.HeldOut) + report.Examples(OutputSplit.HeldOutValidation));
        Assert.Contains("doc_to_target: answer_indexes", File.ReadAllText(Path.Combine(sets, "test", "ik_pick-a_b.yaml")), StringComparison.Ordinal);
        Assert.Contains("target_delimiter: \"\"", File.ReadAllText(Path.Combine(sets, "test", "ik_pick-a_b-2.yaml")), StringComparison.Ordinal);
        // A task may have the name of the group of all tasks.
        Assert.True(File.Exists(Path.Combine(sets, "test", "ik_held_out-task.yaml")));
        Assert.Contains("- ik_held_out-task", File.ReadAllText(Path.Combine(sets, "test", "ik_held_out.yaml")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ik_pick-a_b.yaml", "doc_to_text: input", "doc_to_text: '{{input}}'", "doc_to_text is no column")]
    [InlineData("ik_pick-a_b.yaml", "doc_to_target: answer_indexes", "doc_to_target: answers", "a text as target")]
    [InlineData("ik_pick-a_b.yaml", "doc_to_target: answer_indexes", "doc_to_target: answer_index", "loses right choices")]
    [InlineData("ik_pick-a_b.yaml", "task: ik_pick-a_b", "task: ik_pick-a.b", "name:")]
    [InlineData("ik_pick-a_b.yaml", "task: ik_pick-a_b", "task: ik_write-say", "doubled")]
    [InlineData("ik_pick-a_b.yaml", "\"test/pick.a.b.jsonl\"", "\"pick.a.b.jsonl\"", "no file")]
    [InlineData("ik_pick-a_b.yaml", "\"test/pick.a.b.jsonl\"", "\"test/pick.a.b+text.jsonl\"", "an empty choice")]
    [InlineData("ik_pick-a_b.yaml", "\"test/pick.a.b.jsonl\"", "\"test/write.say+text.jsonl\"", "no choices")]
    [InlineData("ik_pick-a_b.yaml", "metric: acc,", "metric: rouge1,", "metric:")]
    [InlineData("ik_pick-a_b.yaml", "test_split: test", "training_split: test", "no split")]
    [InlineData("ik_pick-a_b.yaml", "num_fewshot: 0", "num_fewshot: 5", "num_fewshot")]
    [InlineData("ik_pick-a_b.yaml", "target_delimiter", "fewshot_delimiter", "target_delimiter")]
    [InlineData("ik_pick.yaml", "weight_by_size: false", "weight_by_size: true", "weighs by size")]
    [InlineData("ik_pick.yaml", "- ik_pick-a_b-2", "- ik_pick-c", "unknown member")]
    [InlineData("ik_held_out.yaml", "- ik_pick", "- ik-dev_pick", "mixes trees")]
    [InlineData("ik_write-say.yaml", "doc_to_target: answers", "doc_to_target: target", "loses right answers")]
    [InlineData("ik_translate-say.yaml", "doc_to_target: target", "doc_to_target: answers", "a list of targets")]
    [InlineData("ik_translate-say.yaml", "until: []", "until: [\"\\n\\n\"]", "stops within right answers")]
    [InlineData("ik_translate-say.yaml", "aggregation: bleu", "aggregation: mean", "metric:")]
    [InlineData("ik_pick-a_b.yaml", "dataset_path: json", "dataset_path: csv", "dataset_path")]
    [InlineData("ik_pick-a_b.yaml", "output_type: multiple_choice", "output_type: loglikelihood", "output_type")]
    [InlineData("ik_pick-a_b.yaml", "doc_to_choice: choices", "doc_to_choice: answers", "no right choice (scores 0)")]
    [InlineData("ik_pick-a_b.yaml", "doc_to_target: answer_indexes", "doc_to_target: gold", "doc_to_target is no column")]
    [InlineData("ik_write-say.yaml", "do_sample: false", "do_sample: true", "generation_kwargs")]
    [InlineData("ik_write-say.yaml", "generation_kwargs", "generation_args", "generation_kwargs")]
    [InlineData("ik_write-say.yaml", "doc_to_text: input", "doc_to_text: input\ndoc_to_choice: choices", "choices of a generated answer")]
    [InlineData("ik_write.yaml", "- ik_write-say", "- ik_translate-say", "in no group, or in several")]
    public void The_rules_see_each_trap(string file, string right, string trap, string found)
    {
        using var scratch = new ScratchFolder();
        Build(scratch);
        var path = scratch.At("out", "eval", "test", file);
        var text = File.ReadAllText(path);
        Assert.Contains(right, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(right, trap, StringComparison.Ordinal));
        Assert.Contains(HarnessRules.Check(scratch.At("out", "eval")), wrong => wrong.StartsWith(found, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"answer_index\":1,\"answer_indexes\":[1]", "\"answer_index\":-1,\"answer_indexes\":[]", "no right choice (scores 0)")]
    [InlineData("\"answer_indexes\":[1]", "\"answer_indexes\":[2]", "no right choice (scores 0)")]
    [InlineData("\"answer_indexes\":[1]", "\"answer_indexes\":[\"y\"]", "a text as target (TypeError)")]
    [InlineData("\"choices\":[\"x\",\"y\"]", "\"choices\":[]", "no choices (IndexError)")]
    [InlineData("\"choices\":[\"x\",\"y\"]", "\"choices\":[\"\",\"y\"]", "an empty choice (IndexError)")]
    [InlineData("\"answer_index\":1", "\"answer_index\":\"1\"", "type of answer_index differs")]
    [InlineData("\"group\":\"q2\",", "", "columns differ")]
    public void The_rules_see_each_trap_in_the_rows(string right, string trap, string found)
    {
        using var scratch = new ScratchFolder();
        Build(scratch);
        var path = scratch.At("out", "eval", "test", "pick.a.b.jsonl");
        var text = File.ReadAllText(path);
        Assert.Contains(right, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(right, trap, StringComparison.Ordinal));
        Assert.Contains(HarnessRules.Check(scratch.At("out", "eval")), wrong => wrong.StartsWith(found, StringComparison.Ordinal));
    }

    [Fact]
    public void A_row_says_what_is_right_where_it_is_from_and_what_it_belongs_to()
    {
        using var scratch = new ScratchFolder();
        Build(scratch);
        var rows = File.ReadLines(scratch.At("out", "eval", "test", "pick.a.b.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["7", "8"], rows.Select(row => row.GetProperty("input").GetString()));
        Assert.Equal([2, 0], rows[0].GetProperty("answer_indexes").EnumerateArray().Select(index => index.GetInt32()));
        Assert.Equal(2, rows[0].GetProperty("answer_index").GetInt32());
        Assert.Equal(["q1", "q2"], rows.Select(row => row.GetProperty("group").GetString()));
        Assert.Equal(["accuracy"], rows[0].GetProperty("metrics").EnumerateArray().Select(metric => metric.GetString()));
        Assert.Matches(@"^pick:test:0:a\.b:[0-9a-f]{8}\z", rows[0].GetProperty("id").GetString());
    }

    [Fact]
    public void Ids_are_unique_and_change_with_what_is_shown_not_with_how_it_is_stored()
    {
        using var scratch = new ScratchFolder();
        Build(scratch);
        var ids = Ids(scratch.At("out"));
        Assert.Equal(ids.Count, ids.Distinct().Count());

        Build(scratch, plan => plan with { Out = scratch.At("packed"), Container = InstructKit.Sinks.OutputContainers.Find("parquet")! });
        Assert.Equal(ids, Ids(scratch.At("packed")));

        var data = scratch.At("data", "pick", "test.jsonl");
        File.WriteAllText(data, File.ReadAllText(data).Replace("[\"x\",\"y\"]", "[\"y\",\"x\"]", StringComparison.Ordinal));
        Build(scratch, plan => plan with { Out = scratch.At("permuted") });
        var changed = Ids(scratch.At("permuted")).Except(ids).ToList();
        Assert.Equal(2, changed.Count);
        Assert.All(changed, id => Assert.StartsWith("pick:test:1:", id, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("openai-evals", "openai-evals/evals/instructkit.yaml")]
    [InlineData("batch", "batch/test-00000.jsonl")]
    public void Other_tools_get_their_own_files(string format, string file)
    {
        using var scratch = new ScratchFolder();
        Build(scratch, plan => plan with { EvalFormat = format, EvalModel = "m" });
        var folder = scratch.At("out", "eval");
        Assert.Equal(format == "openai-evals" ? 1 : 0, Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories).Length);
        Assert.Equal(format != "plain", File.Exists(Path.Combine(folder, file)));
        if (format == "batch")
        {
            var request = JsonDocument.Parse(File.ReadLines(Path.Combine(folder, file)).First()).RootElement;
            Assert.Contains(request.GetProperty("custom_id").GetString()!, Ids(scratch.At("out")));
            Assert.Equal(("POST", "/v1/chat/completions", "m", "user"), (
                request.GetProperty("method").GetString(), request.GetProperty("url").GetString(), request.GetProperty("body").GetProperty("model").GetString(),
                request.GetProperty("body").GetProperty("messages")[0].GetProperty("role").GetString()));
        }

        if (format == "openai-evals")
        {
            // Every samples file of the registry is below data/, where the tool looks.
            var samples = File.ReadLines(Path.Combine(folder, file)).Where(line => line.Contains("samples_jsonl", StringComparison.Ordinal)).Select(line => line.Split('"')[1]).ToList();
            Assert.All(samples, path => Assert.True(File.Exists(Path.Combine(folder, "openai-evals", "data", path))));
            var sample = JsonDocument.Parse(File.ReadLines(Path.Combine(folder, "openai-evals", "data", "test", "pick.a.b.jsonl")).First()).RootElement;
            Assert.Equal(["z", "x"], sample.GetProperty("ideal").EnumerateArray().Select(text => text.GetString()));
        }
    }

    [Fact]
    public void Sets_are_replaced_with_their_build_and_absolute_paths_are_asked_for()
    {
        using var scratch = new ScratchFolder();
        Build(scratch);
        Build(scratch, plan => plan with { Force = true, EvalRoot = "/models/eval/" });
        Assert.Contains("\"/models/eval/test/pick.a.b.jsonl\"", File.ReadAllText(scratch.At("out", "eval", "test", "ik_pick-a_b.yaml")), StringComparison.Ordinal);

        Build(scratch, plan => plan with { Force = true, Eval = false });
        Assert.False(Directory.Exists(scratch.At("out", "eval")));
        Build(scratch, plan => plan with { Force = true, HoldOut = [] });
        Assert.False(Directory.Exists(scratch.At("out", "eval")));
    }

    private static List<string> Ids(string folder) =>
        [.. Directory.GetFiles(Path.Combine(folder, "eval"), "*.jsonl", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where(path => !path.Contains("batch", StringComparison.Ordinal))
            .SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()!)];

    private static BuildReport Build(ScratchFolder scratch, Func<BuildPlan, BuildPlan>? change = null)
    {
        if (!Directory.Exists(scratch.At("catalogue")))
        {
            scratch.Write("catalogue/clusters.yaml", Clusters);
            scratch.Write("catalogue/toy/pick.yaml", Pick);
            scratch.Write("catalogue/toy/write.yaml", Write.Replace("METRIC", "trivia_qa_em", StringComparison.Ordinal));
            scratch.Write("catalogue/toy/translate.yaml", Write.Replace("METRIC", "bleu", StringComparison.Ordinal).Replace("rite", "ranslate", StringComparison.Ordinal).Replace("task: wranslate", "task: translate", StringComparison.Ordinal));
            scratch.Write("catalogue/toy/label.yaml", ToyTask.Yaml("label"));
            scratch.Write("catalogue/toy/held_out.yaml", ToyTask.Yaml("held_out"));
            foreach (var split in new[] { "train", "test" })
            {
                var offset = split == "train" ? 90 : 0;
                scratch.Write($"data/pick/{split}.jsonl", $$"""
                    {"text":"{{7 + offset}}","choices":["x","y","z"],"right":[2,0],"question":"q1"}
                    {"text":"{{8 + offset}}","choices":["x","y"],"right":[1],"question":"q2"}
                    {"text":"{{9 + offset}}","choices":["x",""],"right":[0],"question":"q2"}

                    """);
                foreach (var task in new[] { "write", "translate" })
                {
                    scratch.Write($"data/{task}/{split}.jsonl", $$"""
                        {"text":"{{task}} {{split}} one","replies":["{{split}} uno","1"]}
                        {"text":"{{task}} {{split}} two","replies":["{{(task == "translate" ? $"{split} due\\n\\ne poi" : $"{split} due")}}"]}

                        """);
                }
            }

            foreach (var task in new[] { "label", "held_out" }) ToyTask.WriteData(scratch, task, 12, 4);
        }

        var plan = new BuildPlan { Data = [new LocatedName(scratch.At("data"))], Out = scratch.At("out"), HoldOut = [new LocatedName("pick"), new LocatedName("write"), new LocatedName("translate"), new LocatedName("held_out")] };
        return ToyTask.Build(scratch, change is null ? plan : change(plan));
    }
}
