using InstructKit.Building.Plans;
using InstructKit.Fetching;
using InstructKit.Tasks;
using InstructKit.Tests.Building;
using Xunit;

namespace InstructKit.Tests.Fetching;

/// <summary>One dataset as a fetched cache, as manually downloaded Parquet, and as exported JSON Lines: the same bytes are built from each.</summary>
public sealed class BuildFromHubTests : IDisposable
{
    private readonly FetchBench _bench = new();

    public BuildFromHubTests()
    {
        _bench.Scratch.Write("catalogue/clusters.yaml", ToyTask.Clusters);
        _bench.Scratch.Write("catalogue/colours/colour.yaml", FetchBench.Yaml());
    }

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("main", "data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet", "data/test-00000-of-00001.parquet")]
    [InlineData("refs/convert/parquet", "default/train/0000.parquet", "default/train/0001.parquet", "default/test/0000.parquet")]
    public async Task Cache_folder_and_export_give_the_same_bytes(string branch, string first, string second, string test)
    {
        FakeFile[] files = [new(first, FetchBench.Parquet("train", 0, 25), true), new(second, FetchBench.Parquet("train", 25, 15), true), new(test, FetchBench.Parquet("test", 0, 9), true)];
        if (branch != "main") _bench.Data.Commit("main", FetchBench.Small("colour.py", "import datasets"));

        var commit = _bench.Data.Commit(branch, files);
        var report = await _bench.FetchAsync();
        Assert.Empty(report.Failures);

        // Manually: the dataset's own folder, one named like it below a data folder, and inside the owner's folder.
        foreach (var folder in new[] { "byhand", "named/colour", "owned/toys/colour" })
        {
            foreach (var file in files)
            {
                var path = _bench.Scratch.At([.. folder.Split('/'), .. file.Path.Split('/')]);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, file.Content);
            }
        }

        _bench.Scratch.Write("export/colour/train.jsonl", Json("train", 40));
        _bench.Scratch.Write("export/colour/test.jsonl", Json("test", 9));

        var built = Build("cache", null);
        Assert.NotEmpty(built.Data);
        Assert.Equal(built.Data, Build("cache", report.Lock).Data);
        foreach (var root in new[] { "byhand", "named", "owned", "export" }) Assert.Equal(built.Data, Build(root, null).Data);

        // Provenance tells them apart.
        Assert.Contains($"\"commit\": \"{commit}\"", built.Manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("\"commit\"", Build("byhand", null).Manifest, StringComparison.Ordinal);
        Assert.Contains("\"layout\": \"hub_export\"", Build("export", null).Manifest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lock_decides_which_commit_is_built()
    {
        _bench.Data.Commit("main", new("data/train-0.parquet", FetchBench.Parquet("train", 0, 20), true), new("data/test-0.parquet", FetchBench.Parquet("test", 0, 9), true));
        var locked = (await _bench.FetchAsync()).Lock;
        var old = Build("cache", null).Data;
        _bench.Data.Commit("main", new("data/train-0.parquet", FetchBench.Parquet("newer", 0, 20), true), new("data/test-0.parquet", FetchBench.Parquet("test", 0, 9), true));
        await _bench.FetchAsync();
        Assert.NotEqual(old, Build("cache", null).Data);
        Assert.Equal(old, Build("cache", locked).Data);
    }

    [Fact]
    public async Task Half_a_split_is_built_from_only_when_the_lock_shows_that_somebody_agreed()
    {
        _bench.Data.Commit("main", FetchBench.Small("colour.py", "import datasets"));
        _bench.Data.Commit(HubVariant.Converted, new("default/partial-train/0000.parquet", FetchBench.Parquet("train", 0, 20), true), new("default/test/0000.parquet", FetchBench.Parquet("test", 0, 9), true));
        var agreed = await _bench.FetchAsync(new FetchRequest { Tasks = [_bench.Task()], AllowPartial = true });
        Assert.Contains("train row 3", Build("cache", agreed.Lock).Data, StringComparison.Ordinal);
        var exception = Assert.Throws<InstructKit.Diagnostics.DiagnosticException>(() => Build("cache", null));
        Assert.Contains("`instructkit fetch colour`", exception.Message, StringComparison.Ordinal);
    }

    private (string Data, string Manifest) Build(string root, HubLock? pins)
    {
        var target = _bench.Scratch.At("out", root.Replace('/', '-'), pins is null ? "free" : "pinned");
        ToyTask.Build(_bench.Scratch, new BuildPlan { Data = [_bench.Scratch.At(root)], Lock = pins, Tasks = ["colour"], OnMissing = MissingDataPolicy.Fail, Out = target, Jobs = 2, Force = true });
        return (ToyTask.ReadAll(Path.Combine(target, "data")), File.ReadAllText(Path.Combine(target, ".instructkit", "manifest.json")));
    }

    private static string Json(string split, int count) => string.Concat(Enumerable.Range(0, count).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"text\": {System.Text.Json.JsonSerializer.Serialize(FetchBench.TextOf(split, i))}, \"label\": {(i % 7 == 6 ? "null" : i % 2)}}}\n")));
}
