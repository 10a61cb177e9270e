using System.Text.Json;
using InstructKit.Building.Plans;
using InstructKit.Protocol;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>The file has the shares shown in the plan.</summary>
public sealed class MixtureBuildTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public MixtureBuildTests() => _scratch.Write("catalogue/clusters.yaml", ToyTask.Clusters);

    private BuildPlan Plan => new() { Out = _scratch.At("out"), Data = [_scratch.At("data")], TaskFolders = [_scratch.At("own")], Jobs = 2, Force = true };

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Rates_take_3000_of_each_large_task_with_both_labels()
    {
        Task("one", 9_800);
        Task("two", 30_000);
        var report = ToyTask.Build(_scratch, Plan with { Mixture = new Mixture { Kind = MixtureKind.Rates } });
        foreach (var task in new[] { "one", "two" })
        {
            var labels = Examples().Where(row => row.Task == task).Select(row => row.Target).ToList();
            Assert.Equal(3_000, labels.Count);
            Assert.InRange(labels.Count(label => label == "yes"), 1_385, 1_615);
        }

        Assert.Equal(["two"], report.Mixture.Where(share => share.Rows == 30_000).Select(share => share.Task));
    }

    [Fact]
    public void Ten_epochs_of_30000_rows_use_every_row_once()
    {
        Task("two", 30_000);
        ToyTask.Build(_scratch, Plan with { Mixture = new Mixture { Kind = MixtureKind.Rates, Epochs = 10 } });
        Assert.Equal(Enumerable.Range(0, 30_000).Select(row => (long)row), Examples().Select(row => row.Row).Order());
    }

    [Theory]
    [InlineData(TemplateAssignment.One)]
    [InlineData(TemplateAssignment.RoundRobin)]
    [InlineData(TemplateAssignment.All)]
    public void Further_epochs_of_a_small_task_repeat_its_rows_under_fresh_templates(TemplateAssignment assign)
    {
        Task("one", 300);
        var report = ToyTask.Build(_scratch, Plan with { Assign = assign, Mixture = new Mixture { Kind = MixtureKind.Rates, Epochs = 4, MaxRate = 250 } });
        var counts = report.Tasks.Single().Slices[0].Counts;
        Assert.Equal((300, 700, 0), (counts.Selected, counts.Repeated, counts.Short));
        var uses = Examples().CountBy(row => row.Row).ToDictionary();
        var perRow = assign == TemplateAssignment.All ? 2 : 1;
        Assert.Equal(1_000 * perRow, uses.Values.Sum());
        // Three rounds of 300 and 100 rows of a fourth.
        Assert.Equal(100, uses.Values.Count(use => use == 4 * perRow));
        Assert.Equal(200, uses.Values.Count(use => use == 3 * perRow));
        if (assign == TemplateAssignment.One) Assert.InRange(Examples().GroupBy(row => row.Row).Count(row => row.Select(one => one.Template).Distinct().Count() == 2), 200, 280);
        if (assign == TemplateAssignment.RoundRobin) Assert.Equal(500, Examples().Count(row => row.Template == "ask"));
    }

    [Fact]
    public void Unusable_rows_are_replaced_and_what_cannot_be_is_counted()
    {
        Task("one", 9_800, unusableEvery: 10);
        Task("two", 1_000, unusableEvery: 10);
        var report = ToyTask.Build(_scratch, Plan with { Mixture = new Mixture { Kind = MixtureKind.Rates, Epochs = 2 } });
        var (one, two) = (report.Mixture.First(), report.Mixture.Last());
        Assert.Equal((6_000, 0, 0), (one.Selected, one.Repeated, one.Short));
        // 900 usable rows per epoch, 1,000 requested.
        Assert.Equal((900, 900, 200), (two.Selected, two.Repeated, two.Short));
        Assert.Equal(7_800, Examples().Count);
    }

    [Fact]
    public void A_draw_is_exact_and_the_same_for_any_number_of_workers()
    {
        Task("one", 350, unusableEvery: 7);
        Task("two", 20_000);
        var outputs = new[] { 1, 4 }.Select(jobs =>
        {
            ToyTask.Build(_scratch, Plan with { Jobs = jobs, Mixture = new Mixture { Kind = MixtureKind.Draw, Draw = 100_000 } });
            return ToyTask.ReadAll(_scratch.At("out"));
        }).ToList();
        Assert.Equal(outputs[0], outputs[1]);
        Assert.Equal(100_000, Examples().Count);
        // 350 : 3,000 of 100,000.
        Assert.Equal(10_448, Examples().Count(row => row.Task == "one"));
        var uses = Examples().Where(row => row.Task == "one").CountBy(row => row.Row).Select(row => row.Value).ToList();
        Assert.Equal((300, 34, 35), (uses.Count, uses.Min(), uses.Max()));
    }

    [Fact]
    public void Rows_of_an_incomplete_group_of_round_robin_are_missing_from_the_quota()
    {
        Task("one", 301);
        var report = ToyTask.Build(_scratch, Plan with { Assign = TemplateAssignment.RoundRobin, Mixture = new Mixture { Kind = MixtureKind.Rates } });
        var counts = report.Tasks.Single().Slices[0].Counts;
        Assert.Equal((300, 1, 1), (counts.Selected, counts.Short, counts.Dropped["incomplete_template_group"]));
    }

    [Fact]
    public void A_rate_of_turned_around_templates_is_for_templates_that_are_drawn()
    {
        Task("one", 10);
        var error = Assert.Throws<InstructKit.Diagnostics.DiagnosticException>(() => ToyTask.Build(_scratch, Plan with { Assign = TemplateAssignment.All, InvertedRate = 30 }));
        Assert.Equal("IK2023", error.Diagnostics[0].Code);
    }

    [Fact]
    public void A_limit_of_repetitions_makes_the_task_short()
    {
        Task("one", 100);
        var report = ToyTask.Build(_scratch, Plan with { Mixture = new Mixture { Kind = MixtureKind.Draw, Draw = 1_000, MaxRepeats = 3 } });
        Assert.Equal(700, report.Mixture.Single().Short);
        Assert.All(Examples().CountBy(row => row.Row), row => Assert.Equal(3, row.Value));
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(_scratch.At("out", ".instructkit", "manifest.json")));
        var share = manifest.RootElement.GetProperty("mixture").GetProperty("tasks")[0];
        Assert.Equal((1_000, 100, 200, 700), (share.GetProperty("wanted").GetInt32(), share.GetProperty("selected").GetInt32(), share.GetProperty("repeated").GetInt32(), share.GetProperty("short").GetInt32()));
    }

    // Sorted by label.
    private void Task(string key, int rows, int unusableEvery = 0)
    {
        _scratch.Write($"data/{key}.jsonl", string.Concat(Enumerable.Range(0, rows).Select(i =>
            $$"""{"text": "{{key}} {{i}}", "label": {{(unusableEvery > 0 && i % unusableEvery == 3 ? "null" : (i * 2 / rows).ToString(CultureInfo.InvariantCulture))}}}""" + "\n")));
        _scratch.Write($"own/{key}.yaml", $$$"""
            task: {{{key}}}
            title: {{{key}}}
            columns: { text: string, label: "int?" }
            layouts: [ { name: lines, format: jsonl, files: { train: {{{key}}}.jsonl } } ]
            splits: { train: train }
            keep_if: { unlabelled: "label is not none" }
            options: [ "no", "yes" ]
            answer: "options[label]"
            templates:
              - { id: ask, input: "{{ text }}?", target: "{{ answer }}" }
              - { id: tell, input: "Tell: {{ text }}", target: "{{ answer }}" }
            """);
    }

    private List<(string Task, string Template, string Target, long Row)> Examples() =>
    [
        .. File.ReadLines(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)
            .Select(row => (row.GetProperty("task").GetString()!, row.GetProperty("template").GetString()!, row.GetProperty("target").GetString()!, row.GetProperty("row").GetInt64())),
    ];
}
