using InstructKit.Building.Selection;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Tasks;

/// <summary>A row becomes the same canonical row, the same options and answers and the same prompts, whether it is read from the published files or from the
/// hub's, as Parquet or saved as JSON Lines.</summary>
public sealed class LayoutEqualityTests
{
    private static readonly TaskRegistry Shipped = TaskRegistry.Open(RepositoryRoot.At("templates", "flan"), []);

    public static TheoryData<string> Parquet => [.. LayoutCase.Names.Where(name => LayoutCase.Read(name).Hub is not null)];

    public static TheoryData<string> Exports => [.. LayoutCase.Names.Where(name => LayoutCase.Read(name).Export is not null)];

    [Theory]
    [MemberData(nameof(Parquet))]
    public void Parquet_of_the_hub_makes_the_rows_of_the_published_files(string name)
    {
        var golden = LayoutCase.Read(name);
        AssertSame(golden, golden.Hub!, golden.ExportRows ?? Enumerable.Range(0, golden.Lines.Count), path => JsonAsParquet.Write(path, golden.Lines));
    }

    [Theory]
    [MemberData(nameof(Exports))]
    public void Json_Lines_saved_from_the_hub_make_the_rows_of_the_published_files(string name)
    {
        var golden = LayoutCase.Read(name);
        AssertSame(golden, golden.Export!, golden.ExportRows ?? Enumerable.Range(0, golden.Lines.Count), path => File.WriteAllLines(path, golden.Lines));
    }

    [Fact]
    public void Every_task_is_compared()
    {
        var cases = LayoutCase.Names.Select(LayoutCase.Read).ToList();
        // The chain-of-thought tasks only have Flan 2022's own files, and thus one layout.
        List<string> keys = [.. Shipped.Tasks.Keys.Where(key => !key.StartsWith("cot_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(72, keys.Count);
        Assert.Equal(keys, cases.Select(one => one.Task).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.Equal(keys, cases.Where(one => one.Export is not null).Select(one => one.Task).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

        // No Parquet exists of these: Newsroom and the Story Cloze Test are only sent on request, and the two sets of opinion abstracts are not on
        // the hub. Their other layout is a loader's export.
        Assert.Equal(
            ["newsroom", "opinion_abstracts_idebate", "opinion_abstracts_rotten_tomatoes", "story_cloze"],
            keys.Except(cases.Where(one => one.Hub is not null).Select(one => one.Task), StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.All(
            ["newsroom", "opinion_abstracts_idebate", "opinion_abstracts_rotten_tomatoes", "story_cloze"],
            key => Assert.DoesNotContain(Shipped.Tasks.Get(key).Layouts, layout => layout.Name == "hub"));
    }

    // An unused label could have any number on the hub.
    [Fact]
    public void Every_label_of_a_classification_task_is_compared()
    {
        foreach (var group in LayoutCase.Names.Select(LayoutCase.Read).GroupBy(one => one.Task))
        {
            var task = Shipped.Tasks.Get(group.Key);
            if (task.Options is { } options)
            {
                var answers = group.SelectMany(golden => Published(golden, task).Where((_, row) => golden.Rows.Contains(row))).Where(row => row.Verdict == "kept").Select(row => row.Parts[1]);
                Assert.Equal(options.Select(option => $"answer: {option}").ToHashSet(StringComparer.Ordinal), answers.ToHashSet(StringComparer.Ordinal));
            }
        }
    }

    private static IReadOnlyList<CanonicalRow> Published(LayoutCase golden, TaskDefinition task) =>
        CanonicalRow.ReadAll(task, golden.Files is { } files ? Path.Combine(LayoutCase.Folder, files) : RepositoryRoot.At("samples", "data"), golden.Published, golden.Split);

    private static void AssertSame(LayoutCase golden, string layout, IEnumerable<int> rows, Action<string> write)
    {
        var task = Shipped.Tasks.Get(golden.Task);
        var published = Published(golden, task);
        using var scratch = new ScratchFolder();
        write(PathFor(scratch, task, layout, golden.Split));
        var read = CanonicalRow.ReadAll(task, scratch.Path, layout, golden.Split);
        List<CanonicalRow> others = [.. rows.Select(row => read[row])];
        Assert.Equal(golden.Rows.Count, others.Count);
        for (var i = 0; i < others.Count; i++) AssertSame(published[golden.Rows[i]], others[i], golden.Lacks);

        Assert.Contains(others, row => row.Verdict == "kept");
    }

    private static void AssertSame(CanonicalRow published, CanonicalRow other, IReadOnlyList<string> lacks)
    {
        Assert.Equal(published.Verdict, other.Verdict);
        Assert.Equal(published.Columns.Where(column => !lacks.Contains(column.Key)), other.Columns.Where(column => !lacks.Contains(column.Key)));
        Assert.All(lacks, column => Assert.Equal("None", other.Columns[column]));

        // Templates may show a column missing on the hub; the first ones do not.
        Assert.Equal(lacks.Count == 0 ? published.Parts : published.Parts.Take(4), lacks.Count == 0 ? other.Parts : other.Parts.Take(4));
    }

    /// <summary>A path matched by the layout's pattern for the split.</summary>
    private static string PathFor(ScratchFolder scratch, TaskDefinition task, string layout, string split)
    {
        var glob = task.Layouts.First(one => one.Name == layout).Splits.First(one => one.Name == split).Parts[0].Globs[0].Text;
        return scratch.Write($"{task.Key}/{glob.Replace("**/", string.Empty, StringComparison.Ordinal).TrimEnd('*').Replace('*', '0').Replace('?', '0')}", string.Empty);
    }
}
