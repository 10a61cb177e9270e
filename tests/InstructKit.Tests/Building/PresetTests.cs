using System.Text.Json;
using InstructKit.Building;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Building.Settings;
using InstructKit.Protocol;
using InstructKit.Tests.Cli;
using InstructKit.Yaml;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>The shipped published plans, and plans based on another one.</summary>
public sealed class PresetTests : IDisposable
{
    private static readonly PlanPresets Shipped = new(RepositoryRoot.At("templates", "flan", "plans"));

    private readonly ScratchFolder _scratch = new();

    public static TheoryData<string> Names => [.. Shipped.Names];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void There_is_one_for_the_paper_the_code_each_ablation_and_the_successors() => Assert.Equal(
        [
            "as-released", "clusters-1", "clusters-2", "clusters-3", "clusters-4", "clusters-5", "clusters-6", "clusters-7", "dataset-name", "few-shot", "flan-2022", "no-template", "paper", "t0",
            "tasks-5", "tasks-10", "tasks-15", "tasks-20", "tasks-25", "tasks-30", "tasks-35", "tasks-40", "tasks-45", "tasks-50", "tasks-55",
            "templates-1", "templates-2", "templates-4", "templates-7", "templates-10",
        ],
        Shipped.Names);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_preset_builds_the_samples_and_the_manifest_says_what_was_done(string name)
    {
        CliRun.Ok("build", "--preset", name, "--out", _scratch.At("out"));
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(_scratch.At("out", ".instructkit", "manifest.json")));
        Assert.Equal(name, manifest.RootElement.GetProperty("preset").GetString());
        // All settings of the preset are in the manifest's plan, which builds the same without it.
        var plan = manifest.RootElement.GetProperty("plan");
        Assert.Equal("rates", plan.GetProperty("mixture").GetProperty("kind").GetString());
        Assert.True(manifest.RootElement.GetProperty("tasks").GetArrayLength() > 10);
        Assert.Contains(" from the preset `" + name + "`", File.ReadAllText(_scratch.At("out", "README.md")), StringComparison.Ordinal);
        var again = BuildPlanFile.Read(YamlFile.Parse(SourceText.FromText("plan.yaml", plan.GetRawText())), _scratch.At("again"));
        var resolved = Resolve(again with { Data = [RepositoryRoot.At("samples", "data")], Out = _scratch.At("again") });
        DatasetBuilder.Run(resolved, null, TestContext.Current.CancellationToken);
        Assert.Equal(ToyTask.ReadAll(_scratch.At("out", "data")), ToyTask.ReadAll(_scratch.At("again", "data")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_preset_cites_its_source_below_a_title(string name)
    {
        var lines = Shipped.Describe(name);
        Assert.InRange(lines[0].Length, 20, 150);
        Assert.EndsWith(".", lines[0], StringComparison.Ordinal);
        Assert.Matches("section|appendix|google-research/FLAN|flan/", string.Join(' ', lines.Skip(1)));
    }

    [Theory]
    [InlineData("paper", 50, 9)]
    [InlineData("as-released", 55, 10)]
    [InlineData("clusters-1", 11, 18)]
    [InlineData("clusters-7", 38, 18)]
    [InlineData("tasks-5", 5, 8)]
    [InlineData("tasks-55", 55, 8)]
    [InlineData("templates-4", 61, 8)]
    public void Presets_train_on_and_hold_out_as_many_tasks_as_the_literature_says(string name, int train, int heldOut)
    {
        var resolved = Resolve(Shipped.Load(name) with { Data = [RepositoryRoot.At("samples", "data")] });
        // The paper's 50 datasets are 53 tasks of the code.
        Assert.Equal((name == "paper" ? 52 : train, name == "paper" ? 10 : heldOut), (resolved.Tasks.Count(task => task.Use == TaskUse.Train), resolved.Tasks.Count(task => task.Use == TaskUse.HeldOut)));
    }

    [Fact]
    public void The_ablation_of_instructions_trains_on_bare_inputs_or_names_and_evaluates_with_instructions()
    {
        CliRun.Ok("build", "--preset", "dataset-name", "--tasks", "wmt16_translate_csen,sst2,rte", "--out", _scratch.At("name"));
        CliRun.Ok("build", "--preset", "no-template", "--tasks", "wmt16_translate_csen,sst2,rte", "--out", _scratch.At("bare"));
        var named = BuiltFolder.Examples(_scratch.At("name"), "train", "task", "row", "input", "target").OrderBy(row => string.Join('/', row), StringComparer.Ordinal).ToList();
        var bare = BuiltFolder.Examples(_scratch.At("bare"), "train", "task", "row", "input", "target").OrderBy(row => string.Join('/', row), StringComparer.Ordinal).ToList();
        Assert.Equal(named.Select(row => (row[0], row[1], row[3])).Order(), bare.Select(row => (row[0], row[1], row[3])).Order());
        // The paper's example: "[Translation: WMT'14 to French] The dog runs."
        var inputs = bare.ToDictionary(row => (row[0], row[1]), row => row[2]);
        Assert.All(named, row => Assert.Equal($"[{(row[0] == "sst2" ? "Sentiment: SST-2" : "Translation: WMT-16 EN/CS")}] {inputs[(row[0], row[1])]}", row[2]));
        Assert.Contains(BuiltFolder.Examples(_scratch.At("bare"), "held_out", "input"), row => row[0].Contains("OPTIONS:", StringComparison.Ordinal));
        CliRun.Ok("build", "--preset", "dataset-name", "--held-out-instructions", "name", "--tasks", "sst2,rte", "--out", _scratch.At("both"));
        Assert.All(BuiltFolder.Examples(_scratch.At("both"), "held_out", "input"), row => Assert.StartsWith("[Natural language inference: RTE] ", row[0], StringComparison.Ordinal));
    }

    [Fact]
    public void A_plan_goes_before_the_one_that_it_begins_with()
    {
        var plan = Read("from: few-shot\nseed: 7\nfew_shot: { exemplars: 3 }\n");
        Assert.Equal((7, 3, ExemplarStyle.Flan, "paper", "few-shot"), (plan.Seed, plan.FewShot.Exemplars, plan.FewShot.Style, plan.Scheme?.Text, plan.Preset?.Text));
    }

    [Fact]
    public void A_plan_may_begin_with_a_plan_of_ones_own_whose_paths_are_relative_to_it()
    {
        _scratch.Write("base/base.yaml", "from: paper\ndata: rows\nhold_out: sentiment\n");
        var plan = BuildPlanFile.Load(_scratch.Write("plan.yaml", "from: base/base.yaml\nseed: 9\n"), Shipped);
        Assert.Equal((9, "sentiment", _scratch.At("base", "rows")), (plan.Seed, plan.HoldOut.Single().Text, plan.Data.Single().Text));
    }

    [Fact]
    public void Once_takes_back_what_a_preset_says_of_its_mixture()
    {
        var mixture = Read("from: flan-2022\nmixture: { kind: once }\n").Mixture;
        Assert.Equal((MixtureKind.Once, 0, 1L), (mixture.Kind, mixture.Groups.Count, mixture.Epochs));
    }

    [Theory]
    [InlineData("from: papr\n", "IK2023 There is no preset 'papr'.", "paper")]
    [InlineData("from: ./none.yaml\n", "IK2023 There is no plan file ", "--presets")]
    [InlineData("from: [paper]\n", "IK2004 ", "")]
    public void A_wrong_beginning_is_named_with_its_place(string text, string message, string hint)
    {
        var error = Assert.Throws<DiagnosticException>(() => Read(text)).Diagnostics[0];
        Assert.StartsWith(message, $"{error.Code} {error.Message}", StringComparison.Ordinal);
        Assert.Contains(hint, error.Hint ?? string.Empty, StringComparison.Ordinal);
        Assert.Equal(0, error.Span?.Start.Line);
    }

    [Fact]
    public void A_circle_is_found()
    {
        _scratch.Write("a.yaml", "from: ./b.yaml\n");
        _scratch.Write("b.yaml", "from: ./a.yaml\n");
        var error = Assert.Throws<DiagnosticException>(() => BuildPlanFile.Load(_scratch.At("a.yaml"), Shipped)).Diagnostics[0];
        Assert.Contains("begins with itself", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flan_2022_divides_its_mixture_by_40_32_20_5_and_3_and_leaves_the_parts_without_tasks_to_the_others()
    {
        var plan = Shipped.Load("flan-2022");
        Assert.Equal([("flan", 40m), ("t0", 32m), ("niv2", 20m), ("cot", 5m), ("dialog", 3m)], plan.Mixture.Groups.Select(group => (group.Name, group.Weight)));
        string[] clusters = ["sentiment", "t0", "natural_instructions", "chain_of_thought", "dialogue"];
        var all = plan.Mixture.Divide([.. clusters.Select(cluster => new MixtureTask($"a_{cluster}", cluster, 1_000))]);
        Assert.Equal([0.40m, 0.32m, 0.20m, 0.05m, 0.03m], all.Select(share => share.Probability));
        var shipped = plan.Mixture.Divide([new MixtureTask("a", "sentiment", 1_000), new MixtureTask("b", "chain_of_thought", 1_000)]);
        Assert.Equal([40m / 45, 5m / 45], shipped.Select(share => share.Probability));
    }

    private static ResolvedPlan Resolve(BuildPlan plan) => PlanResolver.Resolve(plan, TaskRegistry.Open(RepositoryRoot.At("templates", "flan"), []));

    private static BuildPlan Read(string text) => BuildPlanFile.Read(YamlFile.Parse(SourceText.FromText("plan.yaml", text)), RepositoryRoot.At("samples"), Shipped);
}
