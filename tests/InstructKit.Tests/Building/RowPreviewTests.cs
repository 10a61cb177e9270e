using System.Text.Json;
using InstructKit.Building;
using InstructKit.Building.Passes;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Tasks;
using InstructKit.Tests.Cli;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>Preview shows what a build writes: for every shipped sample, row by row, texts and drop reasons.</summary>
public sealed class RowPreviewTests : IDisposable
{
    private static readonly TaskRegistry Shipped = TaskRegistry.Open(RepositoryRoot.At("templates", "flan"), []);

    private readonly ScratchFolder _scratch = new();

    public static TheoryData<string> Tasks => [.. Shipped.Tasks.Keys.Where(key => Shipped.Tasks.Get(key).Slices.ContainsKey(SliceKind.Train))];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Rows_and_reasons_are_those_of_a_build(string key)
    {
        var plan = new BuildPlan { Data = [Samples.Path], Tasks = [key], Train = [key], Out = _scratch.At("out"), Assign = InstructKit.Protocol.TemplateAssignment.All, Shuffle = false, Jobs = 1, AllowEmpty = true, Seed = 42 };
        var resolved = PlanResolver.Resolve(plan, Shipped);
        var report = DatasetBuilder.Run(resolved, null, TestContext.Current.CancellationToken);
        var data = resolved.Tasks.Single().Data;
        var task = Shipped.Tasks.Get(key);
        var written = BuiltFolder.Examples(plan.Out, "train", "row", "template", "input", "target").Select(row => string.Join('\u001f', row)).ToHashSet(StringComparer.Ordinal);
        var previewed = RowPreview.Read(task, data, task.Templates, SliceKind.Train, null, int.MaxValue, plan.Seed, cancel: TestContext.Current.CancellationToken).Rows;
        var examples = previewed.SelectMany(row => row.Examples.Where(example => example.Unused is null).Select(example => string.Join('\u001f', row.Row, example.Template.Id, example.Input, example.Target)));
        Assert.Equal(written, examples.ToHashSet(StringComparer.Ordinal));

        var rejects = _scratch.At("out", ".instructkit/rejects.jsonl");
        var dropped = !File.Exists(rejects) ? [] : File.ReadLines(rejects).Select(line => JsonDocument.Parse(line).RootElement).Where(reject => reject.GetProperty("split").GetString() == data.Slices[SliceKind.Train].Split && reject.GetProperty("template").GetString() == string.Empty)
            .Select(reject => (reject.GetProperty("row").GetInt64(), $"dropped: {reject.GetProperty("reason").GetString()}")).ToHashSet();
        var shown = previewed.Where(row => row.Unused is not null).Select(row => (row.Row, row.Unused!)).ToHashSet();
        // Rows without a label are only counted, as some test sets have too many to list.
        Assert.Superset(shown.Where(row => row.Item2 != "dropped: no_label").ToHashSet(), dropped);
        Assert.Equal(report.Tasks[0].Slices.Single(slice => slice.Slice == SliceKind.Train).Counts.Dropped.Where(drop => !drop.Key.StartsWith("empty_", StringComparison.Ordinal)).Sum(drop => drop.Value), shown.Count);
    }
}
