using System.Text.Json;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary><c>plan</c> reports what <c>build</c> does.</summary>
[Collection(nameof(SampleBuild))]
public sealed class PlanTests(SampleBuild built)
{
    [Theory]
    [InlineData("natural_language_inference", "paraphrase leaves with natural_language_inference (4 tasks).")]
    [InlineData("paraphrase", "natural_language_inference leaves with paraphrase (10 tasks).")]
    [InlineData(
        "reading_comprehension_with_commonsense",
        "reading_comprehension leaves with reading_comprehension_with_commonsense (6 tasks).",
        "commonsense leaves with reading_comprehension_with_commonsense (4 tasks).")]
    [InlineData("commonsense", "reading_comprehension_with_commonsense leaves with commonsense (2 tasks).")]
    [InlineData("sentiment")]
    public void Names_what_leaves_with_a_cluster(string cluster, params string[] leaves)
    {
        var lines = CliRun.Ok("plan", "--hold-out", cluster).Output.Split('\n');
        Assert.Equal($"held out: {cluster}", lines[1]);
        Assert.Equal(leaves, lines.Where(line => line.Contains(" leaves with ", StringComparison.Ordinal) && !line.StartsWith(' ')));
    }

    [Fact]
    public void Its_counts_are_those_of_the_manifest()
    {
        using var plan = JsonDocument.Parse(CliRun.Ok("plan", "--hold-out", "natural_language_inference", "--json").Bytes);
        var manifest = built.Manifest.RootElement;
        var holdOut = manifest.GetProperty("hold_out");
        Assert.Equal(Slices(plan.RootElement, "rows"), Slices(manifest, "read"));
        Assert.Equal(Pairs(plan.RootElement.GetProperty("excluded")), Pairs(holdOut.GetProperty("excluded")));
        Assert.Equal(Strings(plan.RootElement.GetProperty("also_excluded")), Strings(holdOut.GetProperty("also_excluded")));
        Assert.Equal(Strings(plan.RootElement.GetProperty("hold_out")), Strings(holdOut.GetProperty("clusters")));
        Assert.Equal(plan.RootElement.GetProperty("scheme").GetString(), holdOut.GetProperty("scheme").GetString());
        Assert.Empty(plan.RootElement.GetProperty("missing").EnumerateArray());
        Assert.Empty(holdOut.GetProperty("without_data").EnumerateArray());
    }

    [Theory]
    [InlineData("--mixture", "once")]
    [InlineData("--mixture", "rates", "--max-rate", "10", "--epochs", "3", "--templates", "round-robin")]
    [InlineData("--draw", "1000", "--few-shot", "3", "--few-shot-on-empty", "drop", "--training-order", "curriculum")]
    public void Its_exact_numbers_are_those_of_the_build(params string[] options)
    {
        using var folder = new ScratchFolder();
        using var plan = JsonDocument.Parse(CliRun.Ok(["plan", "--exact", "--json", .. options]).Bytes);
        CliRun.Ok(["build", "--out", folder.At("out"), .. options]);
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(folder.At("out", ".instructkit", "manifest.json")));
        Assert.True(plan.RootElement.GetProperty("exact").GetBoolean());
        foreach (var count in new[] { "selected", "examples", "rejected", "dropped" }) Assert.Equal(Texts(manifest.RootElement, count), Texts(plan.RootElement, count));

        var shares = manifest.RootElement.GetProperty("mixture").GetProperty("tasks").EnumerateArray().ToDictionary(share => share.GetProperty("task").GetString()!);
        foreach (var task in plan.RootElement.GetProperty("tasks").EnumerateArray().Where(task => task.GetProperty("role").GetString() == "train"))
        {
            var share = shares[task.GetProperty("task").GetString()!];
            Assert.False(task.GetProperty("estimated").GetBoolean());
            Assert.Equal(share.GetProperty("selected").GetInt64() + share.GetProperty("repeated").GetInt64(), task.GetProperty("total").GetInt64());
            Assert.Equal(share.GetProperty("share").GetDecimal(), task.GetProperty("share").GetDecimal());
        }

        static List<string> Texts(JsonElement root, string count) =>
            [.. root.GetProperty("tasks").EnumerateArray().SelectMany(task => task.GetProperty("slices").EnumerateArray().Select(slice => $"{task.GetProperty("task")} {slice.GetProperty("slice")} {slice.GetProperty(count).GetRawText().Replace(" ", string.Empty, StringComparison.Ordinal).Replace("\n", string.Empty, StringComparison.Ordinal)}")).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void Estimates_are_labelled()
    {
        var lines = CliRun.Ok("plan", "--tasks", "sst2,arc_easy,rte", "--hold-out", "rte").Output.Split('\n');
        Assert.Contains("train up to 13 of train[:-4]", lines.Single(line => line.StartsWith("arc_easy", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("Estimated: 3 tasks (\"up to\") may drop rows by a condition (keep_if); --exact evaluates it.", lines);
        lines = CliRun.Ok("plan", "--tasks", "sst2,arc_easy,rte", "--hold-out", "rte", "--exact").Output.Split('\n');
        Assert.Contains("train 12 of train[:-4] (1 dropped)", lines.Single(line => line.StartsWith("arc_easy", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("Exact: all rows were read, filtered and rendered.", lines);
    }

    [Fact]
    public void Rates_are_those_of_the_manifest_where_no_row_is_dropped()
    {
        using var plan = JsonDocument.Parse(CliRun.Ok("plan", "--hold-out", "natural_language_inference", "--json").Bytes);
        var rates = built.Manifest.RootElement.GetProperty("mixture").GetProperty("rates");
        var dropping = built.Manifest.RootElement.GetProperty("tasks").EnumerateArray()
            .Where(task => task.GetProperty("slices").EnumerateArray().Any(slice => slice.GetProperty("dropped").EnumerateObject().Any()))
            .Select(task => task.GetProperty("task").GetString()!).ToHashSet();
        var same = 0;
        foreach (var task in plan.RootElement.GetProperty("tasks").EnumerateArray().Where(task => task.GetProperty("role").GetString() == "train"))
        {
            var rate = rates.GetProperty(task.GetProperty("task").GetString()!).GetInt64();
            if (dropping.Contains(task.GetProperty("task").GetString()!))
            {
                Assert.True(rate <= task.GetProperty("rate").GetInt64());
            }
            else
            {
                Assert.Equal(task.GetProperty("rate").GetInt64(), rate);
                same++;
            }
        }

        Assert.True(same > 20, $"only {same} tasks could be compared");
        Assert.Equal(rates.EnumerateObject().Sum(rate => rate.Value.GetInt64()), built.Manifest.RootElement.GetProperty("mixture").GetProperty("total_rate").GetInt64());
    }

    [Fact]
    public void A_dry_run_is_the_plan_and_writes_nothing()
    {
        using var scratch = new ScratchFolder();
        var plan = CliRun.Ok("plan", "--hold-out", "sentiment");
        var dry = CliRun.Ok("build", "--hold-out", "sentiment", "--dry-run", "--out", scratch.At("out"));
        Assert.Equal(plan.Output, dry.Output);
        Assert.False(Path.Exists(scratch.At("out")));
    }

    [Fact]
    public void Options_win_over_the_plan_file_and_paths_are_relative_to_it()
    {
        using var scratch = new ScratchFolder();
        Samples.Copy("rte", scratch.At("rows", "rte"));
        Samples.Copy("sst2", scratch.At("rows", "sst2"));
        scratch.Write("plan.yaml", "data: rows\nout: built\ntasks: [rte, sst2]\nhold_out: none\nseed: 1\ncaps: { train: 3 }\n");
        CliRun.Ok("build", scratch.At("plan.yaml"), "--hold-out", "rte", "--max-per-task", "2");
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(scratch.At("built", ".instructkit", "manifest.json")));
        var plan = manifest.RootElement.GetProperty("plan");
        Assert.Equal((1, 2), (plan.GetProperty("seed").GetInt64(), plan.GetProperty("caps").GetProperty("train").GetInt64()));
        Assert.Equal(["rte"], BuiltFolder.Tasks(scratch.At("built"), "held_out"));
        Assert.Equal(2, BuiltFolder.Examples(scratch.At("built"), "train", "task").Count);
    }

    private static List<string> Slices(JsonElement root, string rows) =>
    [
        .. root.GetProperty("tasks").EnumerateArray().SelectMany(task => task.GetProperty("slices").EnumerateArray().Select(slice => string.Join(
            ' ', task.GetProperty("task"), task.GetProperty("cluster"), task.GetProperty("role"), task.GetProperty("layout"), slice.GetProperty("slice"),
            slice.GetProperty("source"), slice.GetProperty("output"), slice.GetProperty(rows)))),
    ];

    private static List<string> Pairs(JsonElement list) => [.. list.EnumerateArray().Select(one => $"{one.GetProperty("task")}: {one.GetProperty("reason")}")];

    private static List<string> Strings(JsonElement list) => [.. list.EnumerateArray().Select(one => one.GetString()!)];
}
