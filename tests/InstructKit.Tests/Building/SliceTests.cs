using System.Text.Json;
using InstructKit.Building.Plans;
using InstructKit.Protocol;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>Slices and caps are random samples of their split, disjoint and complete, whatever the order of the files.</summary>
public sealed class SliceTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public SliceTests() => _scratch.Write("catalogue/clusters.yaml", ToyTask.Clusters);

    private BuildPlan Plan => new() { Out = _scratch.At("out"), Data = [_scratch.At("data")], TaskFolders = [_scratch.At("own")], Tasks = ["mine"], InTaskTest = true, Jobs = 2, Force = true };

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("train[:30]", "train[30:55]", "train[55:]")]
    [InlineData("train[:-70]", "train[-70:-50]", "train[-50:]")]
    [InlineData("train[:10] + train[90:]", "train[10:20] + train[80:90]", "train[20:80]")]
    public void Slices_of_a_split_are_disjoint_and_complete(string train, string validation, string test)
    {
        Rows(100);
        Task("mine", train, validation, test);
        ToyTask.Build(_scratch, Plan);
        var rows = Splits.Select(split => RowsOf(split).Distinct().ToList()).ToList();
        Assert.Equal(Enumerable.Range(0, 100).Select(row => (long)row), rows.SelectMany(split => split).Order());
        Assert.All(rows, split => Assert.NotEqual(split.Order(), Enumerable.Range((int)split.Min(), split.Count).Select(row => (long)row)));
    }

    [Fact]
    public void Order_source_takes_rows_as_they_are()
    {
        Rows(100);
        Task("mine", "train[:30]", "train[30:55]", "train[55:]");
        ToyTask.Build(_scratch, Plan with { Order = RowOrder.Source, MaxTrain = 20 });
        Assert.Equal(Enumerable.Range(0, 20).Select(row => (long)row), RowsOf("train").Order());
        Assert.Equal(Enumerable.Range(30, 25).Select(row => (long)row), RowsOf("validation").Order());

        // So does the key of a task, overriding the plan; the manifest records it.
        Task("mine", "train[:30]", "train[30:55]", "train[55:]", more: "order: source");
        ToyTask.Build(_scratch, Plan with { MaxTrain = 20 });
        Assert.Equal(Enumerable.Range(0, 20).Select(row => (long)row), RowsOf("train").Order());
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(_scratch.At("out", ".instructkit", "manifest.json")));
        Assert.Equal("source", manifest.RootElement.GetProperty("tasks")[0].GetProperty("order").GetString());
    }

    [Theory]
    [InlineData(TemplateAssignment.One)]
    [InlineData(TemplateAssignment.All)]
    [InlineData(TemplateAssignment.RoundRobin)]
    public void A_cap_is_filled_with_the_first_usable_rows_of_the_order(TemplateAssignment assign)
    {
        // Every tenth row has no label. The rows of a cap are the first usable ones by position, which a build without a cap shows.
        Rows(6_000, unlabelledEvery: 10);
        Task("mine", "train[:-1000]", "train[-1000:]", "train[:0]");
        ToyTask.Build(_scratch, Plan);
        var order = new RowPermutation(42, 6_000);
        var expected = RowsOf("train").Distinct().OrderBy(order.PositionOf).Take(3_000).Order().ToList();
        Assert.Equal(3_000, expected.Count);
        foreach (var jobs in new[] { 1, 4 })
        {
            var report = ToyTask.Build(_scratch, Plan with { MaxTrain = 3_000, Assign = assign, Jobs = jobs });
            var counts = report.Tasks.Single().Slices[0].Counts;
            Assert.Equal(expected, RowsOf("train").Distinct().Order());
            Assert.True(counts.Capped);
            Assert.Equal(counts.Read, counts.Selected + counts.Dropped.Values.Sum());
            // Only the rows up to the last one needed.
            Assert.Equal(expected.Max(order.PositionOf) + 1, counts.Read);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(60)]
    [InlineData(900)]
    public void A_cap_is_filled_however_many_rows_are_unusable(int usableEvery)
    {
        Rows(9_000, usableEvery: usableEvery);
        Task("mine", "train", "train[:0]", "train[:0]");
        var order = new RowPermutation(42, 9_000);
        var expected = Enumerable.Range(0, 9_000).Where(row => row % usableEvery == 0).Select(row => (long)row).OrderBy(order.PositionOf).Take(100).Order();
        ToyTask.Build(_scratch, Plan with { MaxTrain = 100 });
        Assert.Equal(expected, RowsOf("train").Order());
    }

    [Fact]
    public void Sorted_files_give_slices_of_both_labels()
    {
        Rows(9_800, sorted: true);
        Task("mine", "train[:-200]", "train[-200:]", "train[:0]");
        ToyTask.Build(_scratch, Plan with { MaxTrain = 3_000 });
        // Half of them: standard deviation 23 of 3,000 and 7 of 200.
        Assert.InRange(Labels("train").Count(label => label == "yes"), 1_385, 1_615);
        Assert.InRange(Labels("validation").Count(label => label == "yes"), 65, 135);
    }

    [Fact]
    public void Tasks_that_share_a_corpus_have_one_order_of_it()
    {
        // Like FLAN's three text-formatting tasks: separate slices and one test, with different names, layouts and formats.
        Rows(500);
        _scratch.Write("data/other.csv", "body,mark\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"text number {i},{i % 2}\n")));
        Task("mine", "train[:200]", "train[200:220]", "train[-100:]");
        Task("yours", "train[220:380]", "train[380:400]", "train[-100:]", """{ name: csv, format: csv, files: { train: other.csv }, map: { text: body, label: mark } }""");
        ToyTask.Build(_scratch, Plan with { Tasks = ["mine", "yours"] });
        List<long> RowsBy(string task, string split) => [.. Examples(split).Where(row => row.GetProperty("task").GetString() == task).Select(row => row.GetProperty("row").GetInt64()).Distinct()];
        Assert.Empty(RowsBy("mine", "train").Concat(RowsBy("mine", "validation")).Intersect(RowsBy("yours", "train").Concat(RowsBy("yours", "validation"))));
        Assert.Equal(RowsBy("mine", "test").Order(), RowsBy("yours", "test").Order());
        Assert.Equal(500, Splits.SelectMany(split => RowsBy("mine", split).Concat(RowsBy("yours", split))).Distinct().Count());
    }

    [Fact]
    public void No_group_is_torn()
    {
        // 300 groups of 1 to 9 rows, spread over the file.
        _scratch.Write("data/mine.jsonl", string.Concat(Enumerable.Range(0, 3_000).Select(i => $$"""{"text": "passage {{i * 7919 % 300 % (1 + (i * 31 % 300))}}", "label": {{i % 2}}}""" + "\n")));
        Task("mine", "train[:-300]", "train[-300:-100]", "train[-100:]", more: "group: text");
        foreach (var cap in new long?[] { null, 1_000, 3 })
        {
            ToyTask.Build(_scratch, Plan with { MaxTrain = cap });
            var places = Splits.SelectMany(split => Examples(split).Select(row => (Split: split, Group: Text(row), Row: row.GetProperty("row").GetInt64())).Distinct()).ToList();
            Assert.All(places.GroupBy(place => place.Group), group => Assert.Single(group.Select(place => place.Split).Distinct()));
            var whole = Enumerable.Range(0, 3_000).GroupBy(i => $"passage {i * 7919 % 300 % (1 + (i * 31 % 300))}").ToDictionary(group => group.Key, group => group.Count());
            Assert.All(places.GroupBy(place => place.Group), group => Assert.Equal(whole[group.Key], group.Count()));
            var train = places.Count(place => place.Split == "train");
            if (cap == 1_000) Assert.InRange(train, 500, 1_000);
            if (cap is null) Assert.Equal(3_000, places.Count);
        }
    }

    [Fact]
    public void Two_slices_of_one_file_in_both_roles_are_compared_in_their_order()
    {
        Rows(100);
        Task("mine", "train[:60]", "train[:0]", "train[:0]");
        Task("held", "train[:0]", "train[:0]", "train[60:]");
        var plan = Plan with { Tasks = ["mine", "held"], HoldOut = ["held"], InTaskTest = false };
        Assert.Empty(ToyTask.Build(_scratch, plan).Leaks);

        // The same slices are no longer disjoint when one side uses file order: about 24 of 40 rows.
        Task("held", "train[:0]", "train[:0]", "train[60:]", more: "order: source");
        var found = Assert.Throws<InstructKit.Diagnostics.DiagnosticException>(() => ToyTask.Build(_scratch, plan)).Diagnostics.Single();
        var order = new RowPermutation(42, 100);
        var shared = Enumerable.Range(60, 40).Count(row => order.PositionOf(row) < 60);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"it reads {shared} rows of mine.jsonl"), found.Message, StringComparison.Ordinal);
    }

    private static string[] Splits => ["train", "validation", "test"];

    private void Rows(int count, int unlabelledEvery = 0, int usableEvery = 1, bool sorted = false) =>
        _scratch.Write("data/mine.jsonl", string.Concat(Enumerable.Range(0, count).Select(i =>
        {
            var isUsable = (unlabelledEvery == 0 || i % unlabelledEvery != 3) && i % usableEvery == 0;
            var label = sorted ? (i < count / 2 ? 0 : 1) : i % 2;
            return $$"""{"text": "text number {{i}}", "label": {{(isUsable ? label : "null")}}}""" + "\n";
        })));

    private void Task(string key, string train, string validation, string test, string layout = "{ name: lines, format: jsonl, files: { train: mine.jsonl } }", string more = "") =>
        _scratch.Write($"own/{key}.yaml", $$$"""
            task: {{{key}}}
            title: {{{key}}}
            columns: { text: string, label: "int?" }
            layouts: [ {{{layout}}} ]
            splits: { train: "{{{train}}}", validation: "{{{validation}}}", test: "{{{test}}}" }
            keep_if: { unlabelled: "label is not none" }
            {{{more}}}
            options: [ "no", "yes" ]
            answer: "options[label]"
            templates:
              - { id: ask, input: "{{{key}}}? {{ text }}", target: "{{ answer }}" }
              - { id: tell, input: "{{ text }}: {{{key}}}?", target: "{{ answer }}" }
            """);

    private List<JsonElement> Examples(string split) => File.Exists(Path(split)) ? [.. File.ReadLines(Path(split)).Select(line => JsonDocument.Parse(line).RootElement)] : [];

    private IEnumerable<long> RowsOf(string split) => Examples(split).Select(row => row.GetProperty("row").GetInt64());

    private IEnumerable<string> Labels(string split) => Examples(split).Select(row => row.GetProperty("target").GetString()!);

    private static string Text(JsonElement row) => row.GetProperty("input").GetString()!.Replace("mine? ", string.Empty, StringComparison.Ordinal).Replace(": mine?", string.Empty, StringComparison.Ordinal);

    private string Path(string split) => _scratch.At("out", "data", $"{split}-00000-of-00001.jsonl");
}
