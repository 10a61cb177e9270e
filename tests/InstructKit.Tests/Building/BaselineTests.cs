using InstructKit.Building;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Protocol;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Tests.Cli;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>Prompts without instructions, and the chain-of-thought tasks of Flan 2022.</summary>
public sealed class BaselineTests : IDisposable
{
    private static readonly TaskRegistry Shipped = TaskRegistry.Open(RepositoryRoot.At("templates", "flan"), []);

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>The template keys of FLAN's released code that have a baseline, as tasks.</summary>
    [Theory]
    [InlineData("anli_r1 anli_r2 anli_r3 cb rte arc_challenge arc_easy bool_q openbookqa copa hellaswag piqa story_cloze record multirc winogrande common_gen dart e2e_nlg web_nlg_en natural_questions trivia_qa wsc273", 1)]
    [InlineData("para_crawl_enes para_crawl_ende para_crawl_enfr wmt14_enfr wmt16_translate_csen wmt16_translate_deen wmt16_translate_fien wmt16_translate_roen wmt16_translate_ruen wmt16_translate_tren", 2)]
    public void Every_evaluated_task_has_a_baseline_and_translation_has_one_for_each_direction(string keys, int count)
    {
        foreach (var key in keys.Split(' '))
        {
            var task = Shipped.Tasks.Get(key);
            Assert.Equal(count, task.Baseline.Count);
            Assert.All(task.Baseline, template => Assert.Equal(TemplateKind.Direct, template.Kind));
            foreach (var layout in task.Layouts) Assert.Equal(count, CompiledTask.Compile(task, layout, task.Baseline).Templates.Count);
        }
    }

    [Fact]
    public void Whatever_can_be_held_out_has_a_baseline_and_a_bare_prompt_that_prints_the_answer()
    {
        foreach (var task in Shipped.Tasks.Keys.Select(key => Shipped.Tasks.Get(key)))
        {
            Assert.NotEmpty(task.Baseline);
            Assert.Equal("{{ answer }}", Assert.Single(task.Bare).Target.Text);
            // Only names of columns and fields.
            Assert.DoesNotMatch("[A-Za-z]", System.Text.RegularExpressions.Regex.Replace(task.Bare[0].Input.Text, "\\{\\{.*?\\}\\}", string.Empty));
        }
    }

    [Theory]
    [InlineData("--instructions none", "'bare:' in the task file gives it one, --instructions full takes its templates")]
    [InlineData("--instructions name", "'bare:' in the task file gives it one, --instructions full takes its templates")]
    [InlineData("--hold-out colour,size --held-out-instructions none --train shape", "'bare:' in the task file gives it one, --held-out-instructions full takes its templates")]
    public void Own_tasks_without_a_bare_prompt_are_left_out_with_the_key_that_keeps_them(string options, string cure)
    {
        foreach (var key in (string[])["colour", "size", "shape"])
        {
            _scratch.Write($"tasks/{key}.yaml", ToyTask.Yaml(key).Replace("files: { train: train.jsonl, test: test.jsonl }", $"files: {{ train: {key}/train.jsonl, test: {key}/test.jsonl }}", StringComparison.Ordinal) + (key == "size" ? "\nbare:\n  - { id: plain, input: \"{{ text }}\", target: \"{{ answer }}\" }\n" : string.Empty));
            ToyTask.WriteData(_scratch, key, 30, 6);
        }

        string[] arguments = ["--tasks", _scratch.At("tasks"), "--data", _scratch.At("data"), .. options.Split(' ')];
        var isHeldOut = options.Contains("held", StringComparison.Ordinal);
        var line = isHeldOut ? $"Left out: 1 task (colour): it has no 'bare' prompt; {cure}." : $"Left out: 2 tasks (colour, shape): it has no 'bare' prompt; {cure}.";
        Assert.Contains(line, CliRun.Ok(["build", .. arguments, "--out", _scratch.At("out")]).Error, StringComparison.Ordinal);
        var plan = CliRun.Ok(["plan", .. arguments]).Output;
        Assert.Contains($"colour: it has no 'bare' prompt ({cure})", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("size: it has no", plan, StringComparison.Ordinal);
        using var json = System.Text.Json.JsonDocument.Parse(CliRun.Ok(["plan", .. arguments, "--json"]).Output);
        Assert.Equal(cure, json.RootElement.GetProperty("excluded").EnumerateArray().Single(task => task.GetProperty("task").GetString() == "colour").GetProperty("kept_by").GetString());
    }

    [Fact]
    public void Held_out_rows_have_the_baseline_alone_with_its_own_words_for_the_labels()
    {
        var plan = new BuildPlan { Data = [Samples.Path], Tasks = ["cb", "rte", "sst2", "snli"], HoldOut = ["cb", "rte", "snli"], KeepRelated = true, Baseline = true, OnMissing = MissingDataPolicy.Fail, Out = _scratch.At("out"), Jobs = 2 };
        DatasetBuilder.Run(PlanResolver.Resolve(plan, Shipped), null, TestContext.Current.CancellationToken);
        var rows = BuiltFolder.Examples(plan.Out, "held_out", "task", "template", "target", "choices", "input").ToList();
        Assert.All(rows, row => Assert.Equal("baseline", row[1]));
        Assert.All(rows.Where(row => row[0] == "cb"), row => Assert.Equal("""["true","false","neither"]""", row[3]));
        Assert.All(rows.Where(row => row[0] == "rte"), row => Assert.Contains(row[2], (string[])["true", "false"]));
        Assert.All(rows.Where(row => row[0] is "cb" or "rte"), row => Assert.DoesNotContain("OPTIONS", row[4], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("options: [ x ]", "{{ text }}", "{{ answer }}", "3 options")]
    [InlineData("options: [ x, y, z ]", "{{ text }}: {{ options_block }}", "{{ answer }}", "prints the task's options")]
    [InlineData("options: [ x, y, z ]", "{{ text }} {{ options | join }}", "{{ answer }}", "prints the task's options")]
    [InlineData("options: [ x, y, z ]", "{{ text }}", "{{ answer | upper }}", "does not print the answer as it is")]
    [InlineData("options: [ x, y, z ]", "{{ text }}", "{{ answer }}!", null)]
    public void Options_of_a_template_must_fit_those_of_its_task(string options, string input, string target, string? wrong)
    {
        _scratch.Write("toy.yaml", $$$"""
            task: toy
            title: Toy
            columns: { text: string, label: int }
            layouts: [ { name: files, format: jsonl, files: { train: rows.jsonl } } ]
            splits: { train: train }
            options: [ a, b, c ]
            answer: "options[label]"
            templates:
              - { id: t, input: "Sort {{ text }} {{ options_block }}", target: "{{ answer }}" }
            baseline:
              - id: u
                {{{options}}}
                input: "{{{input}}}"
                target: "{{{target}}}"
            """);
        TaskFiles files = new();
        files.AddOwn(_scratch.At("toy.yaml"));
        var task = files.Get("toy");
        if (wrong is null)
        {
            Assert.NotNull(CompiledTask.Compile(task, task.Layouts[0], task.Baseline).Templates[0].Options);
            return;
        }

        var exception = Assert.Throws<DiagnosticException>(() => CompiledTask.Compile(task, task.Layouts[0], task.Baseline));
        Assert.Contains(exception.Diagnostics, diagnostic => diagnostic.Code == TaskCodes.BadSetting && diagnostic.Message.Contains(wrong, StringComparison.Ordinal));
    }

    [Fact]
    public void Chain_of_thought_takes_part_where_it_is_named()
    {
        var nine = Shipped.Schemes.Single(scheme => scheme.Key == "flan_2022").Find("chain_of_thought")!.Tasks.ToList(); // it is in clusters.yaml
        Assert.Equal(9, nine.Count);
        Assert.Empty(nine.Intersect(Shipped.Rules.Apply(new HoldOutRequest(), Shipped.Ordered()).Train));
        Assert.Equal(nine, Shipped.Rules.Apply(new HoldOutRequest { Tasks = ["chain_of_thought"] }, Shipped.Ordered()).Train);
        Assert.Throws<DiagnosticException>(() => Shipped.Rules.Apply(new HoldOutRequest { Names = ["snli"], Tasks = ["snli", "cot_esnli"], Train = ["cot_esnli"] }, Shipped.Ordered()));
        foreach (var key in nine)
        {
            var task = Shipped.Tasks.Get(key);
            Assert.Equal(10, task.Templates.Count);
            Assert.Equal(6, RationaleTemplates.Choose(task, task.DirectTemplates, RationaleUse.Only).Count());
            Assert.Single(RationaleTemplates.Choose(task, task.DirectTemplates, RationaleUse.None));
        }
    }

    [Fact]
    public void A_rationale_comes_before_its_answer()
    {
        var plan = new BuildPlan { Data = [Samples.Path], Tasks = ["chain_of_thought"], Rationale = RationaleUse.Only, Inverted = false, Assign = TemplateAssignment.All, Out = _scratch.At("out"), Jobs = 2 };
        DatasetBuilder.Run(PlanResolver.Resolve(plan, Shipped), null, TestContext.Current.CancellationToken);
        var rows = BuiltFolder.Examples(plan.Out, "train", "task", "row", "template", "target").ToList();
        Assert.Equal(9 * 4 * 6, rows.Count); // nine samples with four training rows and six templates each
        foreach (var row in rows)
        {
            var cells = File.ReadAllLines(Path.Combine(Samples.Path, row[0], $"{row[0][4..]}_train.tsv"))[int.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture)].Split('\t');
            Assert.StartsWith(cells[2], row[3], StringComparison.Ordinal);
            Assert.Contains(cells[1], row[3][cells[2].Length..], StringComparison.Ordinal);
        }
    }
}
