using System.Text.Json;
using InstructKit.Building.Plans;
using InstructKit.Protocol;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>Orders of the training set other than a plain shuffle. They only change the order of the lines.</summary>
public sealed class TrainingOrderTests : IDisposable
{
    private static readonly (string Task, int Rows)[] Tasks = [("colour", 40), ("large", 2_000), ("shape", 700), ("size", 331), ("small", 3)];

    private readonly ScratchFolder _scratch = new();

    public TrainingOrderTests()
    {
        _scratch.Write("catalogue/clusters.yaml", """
            schemes:
              toy:
                title: Toy clusters
                clusters:
                  - key: answers
                    title: Answers
                    level: 3
                    datasets:
                      - { name: Size, tasks: [size], level: 1 }
                      - { name: Large, tasks: [large] }
                  - { key: labels, title: Labels, level: 2, tasks: [colour, shape] }
                  - { key: others, title: Others, tasks: [small] }
            """);
        foreach (var (task, rows) in Tasks)
        {
            _scratch.Write($"data/{task}/{task}.jsonl", string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $$"""{"text": "{{task}} {{i}} {{new string('x', i % 97)}}"}""") + "\n")));
            _scratch.Write($"catalogue/all/{task}.yaml", $$$"""
                task: {{{task}}}
                title: {{{task}}}
                columns: { text: string }
                layouts: [ { name: lines, format: jsonl, files: { train: {{{task}}}.jsonl } } ]
                splits: { train: train }
                answer: text
                templates:
                  - { id: ask, input: "Repeat {{ text }}.", target: "{{ answer }}" }
                  - { id: tell, input: "{{ text }}: again!", target: "{{ answer }}" }
                """);
        }
    }

    private BuildPlan Plan => new() { Out = _scratch.At("out"), Data = [_scratch.At("data")], Jobs = 2, Force = true };

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(TrainingOrder.ByTask)]
    [InlineData(TrainingOrder.Interleaved)]
    [InlineData(TrainingOrder.Curriculum)]
    public void Only_the_order_of_the_lines_differs_whatever_the_memory_and_the_workers(TrainingOrder order)
    {
        var shuffled = Build(Plan);
        var ordered = Build(Plan with { TrainingOrder = order });
        Assert.Equal(shuffled.Order(StringComparer.Ordinal), ordered.Order(StringComparer.Ordinal));
        Assert.NotEqual(shuffled, ordered);
        // With 16 kB for a thousand buckets nearly every line goes to the disk and back, twice.
        Assert.Equal(ordered, Build(Plan with { TrainingOrder = order, ShuffleMemory = 1 << 14, Jobs = 1 }));
    }

    [Theory]
    [InlineData(TemplateAssignment.One)]
    [InlineData(TemplateAssignment.All)]
    public void Every_prefix_of_an_interleaved_set_has_the_shares_to_within_one_example(TemplateAssignment assign)
    {
        var tasks = Build(Plan with { TrainingOrder = TrainingOrder.Interleaved, Assign = assign }).ConvertAll(TaskOf);
        var totals = tasks.CountBy(task => task).ToDictionary();
        Assert.Equal(Tasks.Length, totals.Count);
        Dictionary<string, int> seen = Tasks.ToDictionary(task => task.Task, _ => 0);
        for (var i = 0; i < tasks.Count; i++)
        {
            seen[tasks[i]]++;
            foreach (var (task, total) in totals) Assert.True(Math.Abs((seen[task] * (long)tasks.Count) - ((i + 1L) * total)) < tasks.Count, $"{task}: {seen[task]} of {i + 1}");
        }
    }

    [Fact]
    public void A_curriculum_without_width_goes_by_level_and_then_by_rows()
    {
        var tasks = Build(Plan with { TrainingOrder = TrainingOrder.Curriculum, MixingWidth = 0 }).ConvertAll(TaskOf);
        // The dataset's level overrides its cluster's; a cluster without a level comes last.
        Assert.Equal(["size", "shape", "colour", "large", "small"], Runs(tasks));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(40)]
    public void The_mixing_width_bounds_how_far_tasks_reach_into_each_other(int percent)
    {
        var tasks = Build(Plan with { TrainingOrder = TrainingOrder.Curriculum, MixingWidth = percent }).ConvertAll(TaskOf);
        var strict = Build(Plan with { TrainingOrder = TrainingOrder.Curriculum, MixingWidth = 0 }).ConvertAll(TaskOf);
        var width = tasks.Count * percent / 100;
        foreach (var (before, after) in (ReadOnlySpan<(string, string)>)[("size", "shape"), ("shape", "colour")])
        {
            // They overlap, but never beyond the width around the boundary.
            Assert.True(tasks.IndexOf(after) < tasks.LastIndexOf(before));
            var border = strict.IndexOf(after);
            Assert.True(tasks.LastIndexOf(before) <= border + width, $"{before} until {tasks.LastIndexOf(before)}, border {border}");
            Assert.True(tasks.IndexOf(after) >= border - width, $"{after} from {tasks.IndexOf(after)}, border {border}");
        }

        double[] means = [.. new[] { "size", "shape", "large" }.Select(task => tasks.Index().Where(one => one.Item == task).Average(one => one.Index))];
        Assert.Equal(means.Order(), means);
    }

    [Fact]
    public void By_task_shuffles_each_task_and_source_leaves_it_alone()
    {
        var byTask = Build(Plan with { TrainingOrder = TrainingOrder.ByTask });
        var source = Build(Plan with { Shuffle = false });
        Assert.Equal(Runs(source.ConvertAll(TaskOf)), Runs(byTask.ConvertAll(TaskOf)));
        Assert.Equal(Tasks.Select(task => task.Task).Order(), Runs(byTask.ConvertAll(TaskOf)).Order());
        var rows = source.Where(line => TaskOf(line) == "large").Select(RowOf).ToList();
        Assert.Equal(rows.Order(), rows);
        Assert.NotEqual(rows, byTask.Where(line => TaskOf(line) == "large").Select(RowOf));
    }

    private List<string> Build(BuildPlan plan)
    {
        ToyTask.Build(_scratch, plan);
        return [.. File.ReadLines(_scratch.At("out", "data", "train-00000-of-00001.jsonl"))];
    }

    private static List<string> Runs(List<string> tasks) => [.. tasks.Where((task, i) => i == 0 || task != tasks[i - 1])];

    private static string TaskOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("task").GetString()!;
    }

    private static long RowOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("row").GetInt64();
    }
}
