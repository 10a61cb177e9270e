using System.Text.Json;
using InstructKit.Building;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Examples;
using InstructKit.Protocol;
using InstructKit.Sources.Files;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Building;

public sealed class DatasetBuilderTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public DatasetBuilderTests()
    {
        ToyTask.WriteCatalogue(_scratch);
        ToyTask.WriteData(_scratch, "colour", 20, 9);
        ToyTask.WriteData(_scratch, "size", 23, 8);
        ToyTask.WriteData(_scratch, "shape", 10, 5);
    }

    private BuildPlan Plan => new() { Data = [_scratch.At("data")], Out = _scratch.At("out"), HoldOut = ["colours"], Order = RowOrder.Source, Jobs = 1 };

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Counts_are_what_a_hand_computation_gives()
    {
        var report = ToyTask.Build(_scratch, Plan);

        // size: 23 rows, the first 20 train, ordinals 6 and 13 have no label; the last 3 are dev, ordinal 20 has no label.
        var size = report.Tasks.Single(task => task.Task.Task.Key == "size");
        Assert.Equal((20, 18, 2), Count(size, OutputSplit.Train));
        Assert.Equal((3, 2, 1), Count(size, OutputSplit.Validation));
        Assert.Equal(18, report.Examples(OutputSplit.Train));

        // colour is held out: 9 test rows minus ordinal 6, with each of the two direct templates.
        var colour = report.Tasks.Single(task => task.Task.Task.Key == "colour");
        Assert.Equal((9, 8, 1), Count(colour, OutputSplit.HeldOut));
        Assert.Equal(16, report.Examples(OutputSplit.HeldOut));
        Assert.Equal([8, 8], colour.Slices.Single(slice => slice.Split == OutputSplit.HeldOut).Counts.Templates);

        // shapes is excluded with colours.
        Assert.DoesNotContain(report.Tasks, task => task.Task.Task.Key == "shape");
        Assert.Equal(["shapes"], report.Resolved.HoldOut.AlsoExcluded);
    }

    [Fact]
    public void A_held_out_line_has_every_column()
    {
        ToyTask.Build(_scratch, Plan);
        var line = File.ReadLines(_scratch.At("out", "data", "held_out-00000-of-00001.jsonl")).First();
        Assert.Equal(
            """{"input":"colour? test row 0 \"é\" 😀 OPTIONS:\n- no\n- yes","target":"no","id":"colour:test:0:ask:9828caa4","choices":["no","yes"],"answer_index":0,"answer_indexes":[0],"answers":["no"],"group":"","metrics":["accuracy"],"task":"colour","cluster":"colours","template":"ask","kind":"direct","split":"test","row":0}""",
            line);
    }

    [Theory]
    [InlineData(TemplateAssignment.One)]
    [InlineData(TemplateAssignment.RoundRobin)]
    [InlineData(TemplateAssignment.All)]
    public void Bytes_do_not_depend_on_the_number_of_workers(TemplateAssignment assign)
    {
        ToyTask.WriteData(_scratch, "size", 60_000, 3);
        var outputs = new[] { 1, 2, 8 }.Select(jobs =>
        {
            var folder = _scratch.At($"out-{jobs}");
            ToyTask.Build(_scratch, Plan with { Jobs = jobs, Out = folder, Assign = assign, ShuffleMemory = 1 << 16 });
            return ToyTask.ReadAll(folder);
        }).ToList();
        Assert.Equal(outputs[0], outputs[1]);
        Assert.Equal(outputs[0], outputs[2]);
    }

    [Fact]
    public void Another_seed_gives_other_bytes_and_the_same_rows()
    {
        ToyTask.Build(_scratch, Plan with { Out = _scratch.At("a"), Seed = 1 });
        ToyTask.Build(_scratch, Plan with { Out = _scratch.At("b"), Seed = 2 });
        var a = TrainRows("a");
        var b = TrainRows("b");
        Assert.NotEqual(a, b);
        Assert.Equal(a.Select(RowOf).Order(), b.Select(RowOf).Order());
    }

    [Fact]
    public void The_shuffle_is_a_permutation_whether_it_spills_or_not()
    {
        ToyTask.WriteData(_scratch, "size", 5_000, 3);
        ToyTask.Build(_scratch, Plan with { Out = _scratch.At("plain"), Shuffle = false });
        ToyTask.Build(_scratch, Plan with { Out = _scratch.At("memory") });
        ToyTask.Build(_scratch, Plan with { Out = _scratch.At("disk"), ShuffleMemory = 1 });
        var plain = TrainRows("plain");
        var memory = TrainRows("memory");
        Assert.NotEqual(plain, memory);
        Assert.Equal(plain.Order(StringComparer.Ordinal), memory.Order(StringComparer.Ordinal));
        Assert.Equal(memory, TrainRows("disk"));
    }

    [Fact]
    public void Round_robin_goes_by_position_and_drops_the_last_incomplete_group()
    {
        // 18 kept rows in groups of three templates: six whole groups. With 19 rows of training data one row is left over.
        ToyTask.WriteData(_scratch, "size", 24, 3);
        var report = ToyTask.Build(_scratch, Plan with { Assign = TemplateAssignment.RoundRobin, Shuffle = false });
        var slice = report.Tasks.Single(task => task.Task.Task.Key == "size").Slices.Single(one => one.Split == OutputSplit.Train);
        // 21 rows, ordinals 6, 13 and 20 unlabelled: 18 kept.
        Assert.Equal((21, 18), (slice.Counts.Read, slice.Counts.Selected));
        Assert.Equal([6, 6, 6], slice.Counts.Templates);
        Assert.Equal(["ask", "tell", "invent", "ask"], TrainRows("out").Take(4).Select(line => Field(line, "template")));

        ToyTask.WriteData(_scratch, "size", 22, 3);
        var second = ToyTask.Build(_scratch, Plan with { Assign = TemplateAssignment.RoundRobin, Out = _scratch.At("second") });
        // 19 rows, 17 kept: five groups, two rows left over.
        var counts = second.Tasks.Single(task => task.Task.Task.Key == "size").Slices.Single(one => one.Split == OutputSplit.Train).Counts;
        Assert.Equal(15, counts.Selected);
        Assert.Equal(2, counts.Dropped[DropReasons.IncompleteGroup]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(17)]
    public void A_cap_stops_at_the_nth_selected_row_whatever_the_workers(long cap)
    {
        var counts = new[] { 1, 4 }.Select(jobs =>
            ToyTask.Build(_scratch, Plan with { MaxTrain = cap, Jobs = jobs, Out = _scratch.At($"cap-{jobs}") })
                .Tasks.Single(task => task.Task.Task.Key == "size").Slices.Single(slice => slice.Split == OutputSplit.Train).Counts).ToList();
        Assert.All(counts, count => Assert.Equal(cap, count.Selected));
        Assert.All(counts, count => Assert.True(count.Capped));
        Assert.Equal(counts[0].Read, counts[1].Read);
        Assert.Equal(counts[0].Read, counts[0].Selected + counts[0].Dropped.Values.Sum() + counts[0].Rejected);
    }

    // The file is truncated megabytes after the last needed row; workers that read ahead encounter it.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void What_lies_behind_the_last_wanted_row_does_not_matter(int jobs)
    {
        ToyTask.WriteCatalogue(_scratch, text => text.Replace("train[:-3]", "train[:15]", StringComparison.Ordinal).Replace("train[-3:]", "train[15:17]", StringComparison.Ordinal));
        var line = JsonSerializer.SerializeToUtf8Bytes(new { text = new string('x', 100_000), label = 1 });
        var packed = Packed.Gzip([.. Enumerable.Repeat<byte[]>([.. line, (byte)'\n'], 27).SelectMany(bytes => bytes)]);
        File.WriteAllBytes(_scratch.At("data", "size", "train.jsonl"), packed[..^20]);
        var report = ToyTask.Build(_scratch, Plan with { Jobs = jobs });
        Assert.Equal((15, 15, 0), Count(report.Tasks.Single(task => task.Task.Task.Key == "size"), OutputSplit.Train));
    }

    [Fact]
    public void Rows_of_the_dev_slice_are_not_trained_on_when_the_source_is_small()
    {
        ToyTask.WriteCatalogue(_scratch, text => text.Replace("train[:-3]", "train[:100]", StringComparison.Ordinal));
        var report = ToyTask.Build(_scratch, Plan);
        var counts = report.Tasks.Single(task => task.Task.Task.Key == "size").Slices.Single(slice => slice.Split == OutputSplit.Train).Counts;
        Assert.Equal(3, counts.Dropped[DropReasons.AlsoInValidation]);
        Assert.Equal(23, counts.Read);
    }

    [Fact]
    public void A_bad_row_ends_the_build_and_says_where()
    {
        var path = _scratch.At("data", "size", "train.jsonl");
        var lines = File.ReadAllLines(path);
        lines[2] = """{"text": "broken", "label": }""";
        File.WriteAllLines(path, lines);
        var exception = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan));
        var diagnostic = exception.Diagnostics[0];
        Assert.StartsWith("IK3", diagnostic.Code, StringComparison.Ordinal);
        Assert.Equal("3:29", diagnostic.Span!.Value.Start.ToString());
        Assert.False(Directory.Exists(_scratch.At("out")));
    }

    [Fact]
    public void Skipped_rows_are_counted_and_kept_in_the_reject_file()
    {
        var path = _scratch.At("data", "size", "train.jsonl");
        var lines = File.ReadAllLines(path);
        lines[2] = "{broken";
        lines[4] = """{"text": "no such label", "label": 7}""";
        File.WriteAllLines(path, lines);
        var report = ToyTask.Build(_scratch, Plan with { OnBadRow = BadRowPolicy.Skip });
        var counts = report.Tasks.Single(task => task.Task.Task.Key == "size").Slices.Single(slice => slice.Split == OutputSplit.Train).Counts;
        Assert.Equal((20, 16, 2, 2), (counts.Read, counts.Selected, counts.Rejected, counts.Dropped["unlabelled"]));
        var rejects = File.ReadAllLines(_scratch.At("out", ".instructkit", "rejects.jsonl")).Where(line => Field(line, "reason") == "unusable").ToList();
        Assert.Equal(["3", "5"], rejects.Select(line => Field(line, "line")));
        Assert.Equal("{broken", Field(rejects[0], "raw"));
        Assert.Equal(2, report.Rejected);
    }

    [Fact]
    public void Too_many_rejects_end_the_build()
    {
        File.WriteAllText(_scratch.At("data", "size", "train.jsonl"), string.Concat(Enumerable.Repeat("{\n", 10)));
        var exception = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan with { OnBadRow = BadRowPolicy.Skip, MaxRejects = 3 }));
        Assert.Equal(BuildCodes.TooManyRejects, exception.Diagnostics[0].Code);
    }

    [Fact]
    public void A_folder_that_holds_something_is_refused_and_force_replaces_only_a_build()
    {
        ToyTask.Build(_scratch, Plan);
        var exception = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan));
        Assert.Equal(SinkCodes.FolderNotEmpty, exception.Diagnostics[0].Code);
        ToyTask.Build(_scratch, Plan with { Force = true, HoldOut = ["sizes"] });
        Assert.Contains("\"held_out\": [\n      \"size\"", File.ReadAllText(_scratch.At("out", ".instructkit", "manifest.json")), StringComparison.Ordinal);

        _scratch.Write("out/thesis.txt", "precious");
        Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan with { Force = true }));
        Assert.Equal("precious", File.ReadAllText(_scratch.At("out", "thesis.txt")));
    }

    [Fact]
    public void Shards_have_the_names_that_loaders_look_for_and_lose_no_row()
    {
        ToyTask.WriteData(_scratch, "size", 500, 3);
        var report = ToyTask.Build(_scratch, Plan with { ShardBytes = 10_000 });
        var files = report.Outputs.Where(file => file.Path.StartsWith("data/train-", StringComparison.Ordinal)).ToList();
        Assert.True(files.Count > 2);
        Assert.Equal($"data/train-00000-of-{files.Count:00000}.jsonl", files[0].Path);
        Assert.Equal(report.Examples(OutputSplit.Train), files.Sum(file => file.Rows));
        Assert.All(files, file => Assert.Equal(file.Rows, File.ReadLines(_scratch.At("out", file.Path)).LongCount()));
        Assert.All(files, file => Assert.Equal(
            file.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(_scratch.At("out", file.Path))))));
    }

    [Fact]
    public void The_manifest_has_no_path_of_this_machine()
    {
        ToyTask.Build(_scratch, Plan);
        Assert.DoesNotContain(_scratch.Path, ToyTask.ReadAll(_scratch.At("out")), StringComparison.Ordinal);
    }

    private static (long Read, long Selected, long Unlabelled) Count(BuiltTask task, string split)
    {
        var counts = task.Slices.Single(slice => slice.Split == split).Counts;
        return (counts.Read, counts.Selected, counts.Dropped.GetValueOrDefault("unlabelled"));
    }

    private static string Field(string line, string name)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty(name).ToString();
    }

    private static int RowOf(string line) => int.Parse(Field(line, "row"), System.Globalization.CultureInfo.InvariantCulture);

    private List<string> TrainRows(string folder) => [.. File.ReadLines(_scratch.At(folder, "data", "train-00000-of-00001.jsonl"))];
}
