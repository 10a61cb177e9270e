using System.Security.Cryptography;
using System.Text.Json;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>The manifest compared with the written lines, and the reject file with the rows that were not written.</summary>
[Collection(nameof(SampleBuild))]
public sealed class CountTests(SampleBuild built)
{
    private IEnumerable<JsonElement> Tasks => built.Manifest.RootElement.GetProperty("tasks").EnumerateArray();

    [Fact]
    public void Outputs_have_the_rows_bytes_and_hashes_of_the_manifest()
    {
        var outputs = built.Manifest.RootElement.GetProperty("outputs").EnumerateArray().ToList();
        Assert.Equal(4, outputs.Count);
        foreach (var output in outputs)
        {
            var path = Path.Combine(built.Folder, output.GetProperty("path").GetString()!);
            Assert.Equal(File.ReadLines(path).LongCount(), output.GetProperty("rows").GetInt64());
            Assert.Equal(new FileInfo(path).Length, output.GetProperty("bytes").GetInt64());
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))), output.GetProperty("sha256").GetString());
        }
    }

    [Fact]
    public void Examples_of_each_task_and_template_are_the_lines_of_the_files()
    {
        foreach (var output in new[] { "train", "validation", "held_out", "held_out_validation" })
        {
            var lines = BuiltFolder.Examples(built.Folder, output, "task", "template").CountBy(row => $"{row[0]} {row[1]}").Select(pair => $"{pair.Key}: {pair.Value}");
            var counts = Tasks.SelectMany(task => task.GetProperty("slices").EnumerateArray()
                .Where(slice => slice.GetProperty("output").GetString() == output)
                .SelectMany(slice => slice.GetProperty("by_template").EnumerateObject())
                .Where(template => template.Value.GetInt64() > 0)
                .Select(template => $"{task.GetProperty("task")} {template.Name}: {template.Value}"));
            Assert.Equal(lines.Order(StringComparer.Ordinal), counts.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Rows_in_are_rows_out_and_rows_dropped()
    {
        var slices = Tasks.SelectMany(task => task.GetProperty("slices").EnumerateArray()).ToList();
        Assert.True(slices.Count > 100);
        foreach (var slice in slices)
        {
            var dropped = slice.GetProperty("dropped").EnumerateObject().Sum(reason => reason.Value.GetInt64());
            Assert.Equal(Number(slice, "read"), Number(slice, "selected") + Number(slice, "rejected") + dropped);
            Assert.Equal(Number(slice, "examples"), slice.GetProperty("by_template").EnumerateObject().Sum(template => template.Value.GetInt64()));
        }
    }

    [Fact]
    public void Every_dropped_row_is_in_the_reject_file_with_its_line()
    {
        var dropped = Tasks.SelectMany(task => task.GetProperty("slices").EnumerateArray().SelectMany(slice => slice.GetProperty("dropped").EnumerateObject())
            .Select(reason => (Key: $"{task.GetProperty("task")} {reason.Name}", Count: reason.Value.GetInt64())))
            .GroupBy(pair => pair.Key, pair => pair.Count).Select(group => $"{group.Key}: {group.Sum()}");
        var rejects = File.ReadAllLines(Path.Combine(built.Folder, ".instructkit", "rejects.jsonl"));
        Assert.Equal(rejects.Length, built.Manifest.RootElement.GetProperty("rejects").GetProperty("rows").GetInt32());
        List<string> found = [];
        var compared = 0;
        foreach (var line in rejects)
        {
            using var reject = JsonDocument.Parse(line);
            var root = reject.RootElement;
            if (root.GetProperty("template").GetString() is { Length: > 0 })
            {
                continue; // one template that yielded nothing for a row that others could use
            }

            found.Add($"{root.GetProperty("task")} {root.GetProperty("reason")}");
            var path = Path.Combine(Samples.Path, root.GetProperty("task").GetString()!, root.GetProperty("file").GetString()!);
            if (path.EndsWith(".jsonl", StringComparison.Ordinal) && File.Exists(path))
            {
                Assert.Equal(File.ReadLines(path).ElementAt(root.GetProperty("line").GetInt32() - 1), root.GetProperty("raw").GetString());
                compared++;
            }
        }

        Assert.Equal(dropped.Order(StringComparer.Ordinal), found.CountBy(key => key).Select(pair => $"{pair.Key}: {pair.Value}").Order(StringComparer.Ordinal));
        Assert.True(compared > 0);
    }

    [Fact]
    public void Unusable_rows_are_skipped_counted_and_listed_with_their_lines()
    {
        using var scratch = new ScratchFolder();
        var lines = Spoil(scratch);
        var run = CliRun.Of(Arguments(scratch, "--on-bad-row", "skip", "--max-rejects", "3"));
        Assert.Equal(1, run.Code);
        Assert.Contains($"3 rows could not be used: {scratch.At("out", ".instructkit", "rejects.jsonl")} lists them.\n", run.Error, StringComparison.Ordinal);

        var rejects = File.ReadAllLines(scratch.At("out", ".instructkit", "rejects.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).Where(one => one.GetProperty("reason").GetString() == "unusable").ToList();
        Assert.Equal([3, 7, 12], rejects.Select(one => one.GetProperty("line").GetInt32()));
        Assert.Equal([2, 6, 11], rejects.Select(one => one.GetProperty("row").GetInt32()));
        Assert.All(rejects, one => Assert.Equal(lines[one.GetProperty("line").GetInt32() - 1], one.GetProperty("raw").GetString()));
        Assert.Equal(["IK3002", "IK2102", "IK3005"], rejects.Select(one => one.GetProperty("code").GetString()));

        using var manifest = JsonDocument.Parse(File.ReadAllBytes(scratch.At("out", ".instructkit", "manifest.json")));
        Assert.Equal(3, manifest.RootElement.GetProperty("rejected").GetInt32());
        var slice = manifest.RootElement.GetProperty("tasks")[0].GetProperty("slices")[0];
        Assert.Equal((12, 9, 3), (Number(slice, "read"), Number(slice, "selected"), Number(slice, "rejected")));
        Assert.Equal(9, BuiltFolder.Examples(scratch.At("out"), "train", "task").Count);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(2, 65)]
    [InlineData(0, 65)]
    public void The_limit_of_rejects_is_exact(int limit, int code)
    {
        using var scratch = new ScratchFolder();
        Spoil(scratch);
        Assert.Equal(code, CliRun.Of(Arguments(scratch, "--on-bad-row", "skip", "--max-rejects", limit.ToString(CultureInfo.InvariantCulture))).Code);
        Assert.Equal(code == 1, Path.Exists(scratch.At("out")));
    }

    // Lines 3, 7 and 12 of the training rows cannot be used.
    private static string[] Spoil(ScratchFolder scratch)
    {
        Samples.Copy("rte", scratch.At("data", "rte"));
        var path = scratch.At("data", "rte", "train.jsonl");
        var lines = File.ReadAllLines(path);
        Assert.Equal(16, lines.Length);
        lines[2] = """{"premise": "A ferry sank.", "hypothesis: 3}""";
        lines[6] = """{"premise": ["A ferry sank."], "hypothesis": "A ship sank.", "label": "entailment"}""";
        lines[11] = "12";
        File.WriteAllLines(path, lines);
        return lines;
    }

    private static string[] Arguments(ScratchFolder scratch, params string[] more) =>
        ["build", "--data", scratch.At("data"), "--tasks", "rte", "--hold-out", "none", "--no-shuffle", "--order", "source", "--out", scratch.At("out"), .. more];

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();
}
