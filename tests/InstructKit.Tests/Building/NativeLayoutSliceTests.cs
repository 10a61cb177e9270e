using InstructKit.Building;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Tasks;
using InstructKit.Tests.Cli;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>Shipped tasks on generated files in their published layouts, sorted by label or origin like the real ones.</summary>
public sealed class NativeLayoutSliceTests : IDisposable
{
    private static readonly TaskRegistry Shipped = TaskRegistry.Open(RepositoryRoot.At("templates", "flan"), []);

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Imdb_in_its_folders_of_negative_and_positive_reviews()
    {
        foreach (var (folder, rating) in (ReadOnlySpan<(string, int)>)[("neg", 2), ("pos", 9)])
        {
            for (var i = 0; i < 600; i++) _scratch.Write($"data/imdb/aclImdb/train/{folder}/{i}_{rating}.txt", string.Create(CultureInfo.InvariantCulture, $"A film, {folder} number {i}.<br />The end."));
            for (var i = 0; i < 10; i++) _scratch.Write($"data/imdb/aclImdb/test/{folder}/{i}_{rating}.txt", string.Create(CultureInfo.InvariantCulture, $"Another film, {folder} number {i}."));
        }

        var rows = Build("imdb_reviews", RowOrder.Seeded);
        // 200 of 1,200 rows, half of which are negative: 100 give or take five standard deviations of 6.5.
        Assert.InRange(rows["validation"].Count(label => label == "negative"), 67, 133);
        Assert.InRange(rows["train"].Count(label => label == "negative"), 467, 533);
        Assert.Equal((1_000, 200), (rows["train"].Count, rows["validation"].Count));
        // In file order: the last 200 rows are positive, as in 0.1.0.
        Assert.All(Build("imdb_reviews", RowOrder.Source)["validation"], label => Assert.Equal("positive", label));
    }

    [Fact]
    public void Sentiment140_in_its_sorted_file()
    {
        var file = new StringBuilder();
        for (var i = 0; i < 40_000; i++)
            file.Append(CultureInfo.InvariantCulture, $"\"{(i < 20_000 ? 0 : 4)}\",\"{i}\",\"Mon Apr 06 22:19:45 PDT 2009\",\"NO_QUERY\",\"user\",\"tweet {i}\"\n");

        _scratch.Write("data/sentiment140/training.1600000.processed.noemoticon.csv", file.ToString());
        _scratch.Write("data/sentiment140/testdata.manual.2009.06.14.csv", "\"4\",\"3\",\"Mon May 11 03:17:40 UTC 2009\",\"kindle2\",\"user\",\"a test tweet\"\n");
        var rows = Build("sentiment140", RowOrder.Seeded);
        Assert.Equal((30_000, 200), (rows["train"].Count, rows["validation"].Count));
        Assert.InRange(rows["validation"].Count(label => label == "negative"), 65, 135);
        // 15,000, five standard deviations of 43.
        Assert.InRange(rows["train"].Count(label => label == "negative"), 14_785, 15_215);
        Assert.All(Build("sentiment140", RowOrder.Source)["validation"], label => Assert.Equal("positive", label));
    }

    // The labels of direct and of inverted examples are their rows': only direct templates are used.
    private Dictionary<string, List<string>> Build(string task, RowOrder order)
    {
        var plan = new BuildPlan { Tasks = [task], Data = [_scratch.At("data")], Out = _scratch.At("out"), Force = true, Order = order, Inverted = false, Jobs = 2 };
        DatasetBuilder.Run(PlanResolver.Resolve(plan, Shipped), null, TestContext.Current.CancellationToken);
        return new[] { "train", "validation" }.ToDictionary(split => split, split => BuiltFolder.Examples(plan.Out, split, "target").Select(row => row[0]).ToList());
    }
}
