using System.Text.Json;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>Builds whose training or held-out side is empty: an error with the actual reason, unless the plan asks for it. The expectations are issue 13's cases
/// on peers' tasks.</summary>
public sealed class EmptySideTests : IDisposable
{
    private const string Rows = """
        {"text": "one long text about harbours", "label": 0}
        {"text": "one long text about mountains", "label": 1}
        {"text": "one long text about rivers", "label": 0}

        """;

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_held_out_side_alone_is_built_when_what_is_selected_is_what_is_held_out()
    {
        Write("tides", "{ test: test }", "test");
        string[] command = ["--tasks", _scratch.At("tides.yaml"), "--tasks", "tides", "--hold-out", "tides", "--data", _scratch.At("data")];
        Assert.Contains("Held out: tides (1 task); no task is trained on.", CliRun.Ok(["build", .. command, "--out", _scratch.At("out")]).Error, StringComparison.Ordinal);
        Assert.Equal(3, BuiltFolder.Examples(_scratch.At("out"), "held_out", "row").Count);
        CliRun.Ok(["plan", .. command]);
    }

    [Fact]
    public void A_selected_task_that_the_rules_leave_out_makes_an_empty_training_side_an_error_with_its_reason()
    {
        // Paraphrase is excluded with natural language inference.
        var run = CliRun.Of("build", "--tasks", "rte,paws_wiki", "--hold-out", "natural_language_inference", "--out", _scratch.At("out"));
        Assert.Equal(2, run.Code);
        Assert.Equal(
            "error IK2022: No task is left to train on: 'paws_wiki': its cluster paraphrase leaves with natural_language_inference. "
            + "Select more tasks, hold out something else, or use --allow-empty to build the held-out side alone.\n",
            run.Error);
        Assert.False(Directory.Exists(_scratch.At("out")));
    }

    [Fact]
    public void A_plan_of_nothing_to_train_on_is_shown_and_then_refused_as_the_build_is()
    {
        Write("tides", "{ test: test }", "test");
        Write("winds", "{ test: test }", "test");
        string[] command = ["--tasks", $"{_scratch.At("tides.yaml")},{_scratch.At("winds.yaml")}", "--hold-out", "tides", "--data", _scratch.At("data")];
        var plan = CliRun.Of(["plan", .. command]);
        Assert.Equal(2, plan.Code);
        Assert.Contains("held out: tides", plan.Output, StringComparison.Ordinal);
        Assert.Contains($"'build' would stop here: no task is left to train on: 'winds' ({_scratch.At("winds.yaml")}): it has no train slice.", plan.Error, StringComparison.Ordinal);
        Assert.Equal(2, CliRun.Of(["build", .. command, "--out", _scratch.At("out")]).Code);
    }

    [Theory]
    [InlineData("{ train: train, validation: \"train[-1:]\" }", "Write `test: train[-1:]` under `splits` of the task file to let validation serve.")]
    [InlineData("{ train: train }", "Name the rows to evaluate on with `test:` under `splits` of the task file.")]
    public void A_task_without_a_test_slice_cannot_be_held_out_and_the_cure_is_named(string splits, string cure)
    {
        Write("tides", splits, "train");
        var run = CliRun.Of("build", "--tasks", _scratch.At("tides.yaml"), "--hold-out", "tides", "--data", _scratch.At("data"), "--out", _scratch.At("out"));
        Assert.Equal((2, $"error IK2022: Nothing is left to hold out: 'tides' ({_scratch.At("tides.yaml")}): it has no test slice. {cure}\n"), (run.Code, run.Error));
    }

    [Fact]
    public void A_task_without_a_direct_template_is_neither_held_out_nor_trained_on_directly()
    {
        Write("tides", "{ train: \"train[:2]\", test: \"train[2:]\" }", "train", kind: "inverse");
        string[] own = ["--tasks", _scratch.At("tides.yaml"), "--data", _scratch.At("data"), "--out", _scratch.At("out")];
        var heldOut = CliRun.Of(["build", .. own, "--hold-out", "tides"]);
        Assert.Equal(2, heldOut.Code);
        Assert.StartsWith($"error IK2022: Nothing is left to hold out: 'tides' ({_scratch.At("tides.yaml")}): it has no direct template. ", heldOut.Error, StringComparison.Ordinal);
        Assert.Equal((2, heldOut.Error), CliRun.Of(["plan", .. own, "--hold-out", "tides"]) is var plan ? (plan.Code, plan.Error) : default);

        var direct = CliRun.Of(["build", .. own, "--hold-out", "none", "--direct-only"]);
        Assert.Equal(2, direct.Code);
        Assert.StartsWith($"error IK2022: No task is left to train on: 'tides' ({_scratch.At("tides.yaml")}): it has no direct template. ", direct.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.At("out")));

        // Beside a task that has one it is left out, and trained on where inverted templates may be.
        Write("winds", "{ train: train }", "train");
        CliRun.Ok(["build", .. own, "--tasks", _scratch.At("winds.yaml"), "--hold-out", "none", "--direct-only"]);
        Assert.Equal(["winds"], BuiltFolder.Tasks(_scratch.At("out"), "train"));
        CliRun.Ok(["build", .. own, "--hold-out", "none", "--force"]);
        Assert.Equal(["tides"], BuiltFolder.Tasks(_scratch.At("out"), "train"));
    }

    [Fact]
    public void A_validation_set_serves_where_the_test_set_has_no_labels()
    {
        Write("tides", "{ validation: validation, test: test }", "validation");
        _scratch.Write("data/tides/test.jsonl", "{\"text\": \"x\", \"label\": -1}\n{\"text\": \"y\", \"label\": -1}\n");
        var run = CliRun.Ok("build", "--tasks", _scratch.At("tides.yaml"), "--hold-out", "tides", "--data", _scratch.At("data"), "--out", _scratch.At("out"));
        Assert.Contains("tides: no row of test was kept (2 rows read; no_label 2). test has no labels", run.Error, StringComparison.Ordinal);
        Assert.Empty(BuiltFolder.Examples(_scratch.At("out"), "held_out", "row"));
        Assert.Equal(3, BuiltFolder.Examples(_scratch.At("out"), "held_out_validation", "row").Count);

        _scratch.Write("data/tides/validation.jsonl", "{\"text\": \"z\", \"label\": -1}\n");
        Assert.Equal(2, CliRun.Of("build", "--tasks", _scratch.At("tides.yaml"), "--hold-out", "tides", "--data", _scratch.At("data"), "--out", _scratch.At("none")).Code);
    }

    [Fact]
    public void A_validation_slice_that_is_the_test_slice_is_reported_as_that()
    {
        Write("tides", "{ validation: test, test: test }", "test");
        var run = CliRun.Ok("build", "--tasks", _scratch.At("tides.yaml"), "--hold-out", "tides", "--data", _scratch.At("data"), "--out", _scratch.At("out"));
        Assert.Contains("tides: the validation slice, test, has the rows of the test slice; 3 rows are in the test slice alone.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("was kept", run.Error, StringComparison.Ordinal);
        Assert.Equal(3, BuiltFolder.Examples(_scratch.At("out"), "held_out", "row").Count);
        Assert.Empty(BuiltFolder.Examples(_scratch.At("out"), "held_out_validation", "row"));
    }

    [Fact]
    public void Rows_of_a_held_out_task_that_is_not_selected_are_not_trained_on_under_another_name()
    {
        Write("winds", "{ train: train }", "train");
        Write("tides", "{ test: train }", "train", cluster: "harbour", folder: "winds");
        _scratch.Write("plan.yaml", $"hold_out: [harbour]\ntasks: [winds]\ntask_files: [{_scratch.At("winds.yaml")}, {_scratch.At("tides.yaml")}]\ndata: [{_scratch.At("data")}]\n");
        var run = CliRun.Of("build", _scratch.At("plan.yaml"), "--out", _scratch.At("out"));
        Assert.Equal(2, run.Code);
        Assert.StartsWith("error IK2020: 'winds' cannot be trained on: it reads ", run.Error, StringComparison.Ordinal);
        Assert.Contains("train.jsonl that are held out as 'tides'", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.At("out")));
    }

    [Fact]
    public void Preview_tells_columns_from_what_the_task_makes_of_them()
    {
        _scratch.Write("data/dup/train.jsonl", "{\"q\": \"q\", \"answer\": \"x\", \"options\": [\"u\"]}\n");
        _scratch.Write("dup.yaml", """
            task: dup
            title: Columns named as what a task makes
            columns: { q: string, answer: string, options: list }
            layouts:
              - name: own
                format: jsonl
                files: { train: train.jsonl }
            splits: { train: train }
            options: [ a, b ]
            answer: "'a'"
            templates:
              - id: t
                input: "{{ q }} {{ options_block }}"
                target: "{{ answer }}"
            """);
        string[] command = ["preview", _scratch.At("dup.yaml"), "--data", _scratch.At("data")];
        using var json = JsonDocument.Parse(CliRun.Ok([.. command, "--json"]).Bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
        var row = json.RootElement.GetProperty("rows")[0];
        Assert.Equal(["q", "answer", "options"], row.GetProperty("values").EnumerateObject().Select(value => value.Name));
        Assert.Equal("x", row.GetProperty("values").GetProperty("answer").GetString());
        Assert.Equal(["a", "b"], row.GetProperty("options").EnumerateArray().Select(option => option.GetString()));
        Assert.Equal(["a"], row.GetProperty("answers").EnumerateArray().Select(answer => answer.GetString()));
        var text = CliRun.Ok(command).Output;
        Assert.Contains("\n  answer               x\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  options of the task  ['a', 'b']\n  answer of the task   a\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Preview_shows_a_row_that_belongs_to_another_slice()
    {
        Write("tides", "{ train: train, test: \"train[:2]\" }", "train");
        Assert.Contains("not used, dropped: also_in_test", CliRun.Ok("preview", _scratch.At("tides.yaml"), "--data", _scratch.At("data")).Output, StringComparison.Ordinal);
    }

    private void Write(string task, string splits, string split, string kind = "direct", string? cluster = null, string? folder = null)
    {
        _scratch.Write($"data/{folder ?? task}/{split}.jsonl", Rows.Replace("harbours", folder ?? task, StringComparison.Ordinal));
        _scratch.Write($"{task}.yaml", $$$"""
            task: {{{task}}}
            title: A task
            cluster: {{{cluster ?? $"all_{task}"}}}
            folders: [ {{{folder ?? $"{task}_files"}}} ]
            columns: { text: string, label: int }
            layouts:
              - name: own
                format: jsonl
                files: { train: train.jsonl, validation: validation.jsonl, test: test.jsonl }
            splits: {{{splits}}}
            order: source
            options: [ "no", "yes" ]
            answer: "options[label]"
            templates:
              - id: t
                kind: {{{kind}}}
                input: "{{ text }} {{ options_block }}"
                target: "{{ answer }}"
            """);
    }
}
