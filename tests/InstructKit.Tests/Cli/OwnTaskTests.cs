using System.Text.Json;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>A user's own task in a build: selected by its file, alone or with shipped ones, with data next to it or in the named folder itself.</summary>
public sealed class OwnTaskTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public OwnTaskTests()
    {
        _scratch.Write("tickets.csv", "text,queue\n" + string.Concat(Enumerable.Range(0, 20).Select(n => $"message {n},{(n % 2 == 0 ? "billing" : "delivery")}\n")));
        CliRun.Ok("new", "task", "tickets", _scratch.At("tickets.csv"), "--answer", "queue", "--out", _scratch.At("tickets.yaml"), "-q");
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_slice_that_the_task_does_not_have_is_named_as_such()
    {
        var path = _scratch.At("tickets.yaml");
        File.WriteAllLines(path, File.ReadAllLines(path).Where(line => !line.StartsWith("  test:", StringComparison.Ordinal)));
        var run = CliRun.Of("preview", path, "--split", "test");
        Assert.Equal(2, run.Code);
        Assert.Equal("error IK2023: The task 'tickets' has no test slice; its slices are train, validation. Write `test:` under `splits` of the task file to give it one.\n", run.Error);
    }

    [Fact]
    public void Its_file_alone_makes_a_dataset_of_its_rows_alone()
    {
        var run = CliRun.Ok("build", "--tasks", _scratch.At("tickets.yaml"), "--out", _scratch.At("out"));
        using var manifest = Manifest();
        Assert.Equal(["tickets"], manifest.RootElement.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("task").GetString()));
        Assert.Equal(["train", "validation", "test"], Splits(manifest));
        Assert.DoesNotContain("sample rows", run.Error, StringComparison.Ordinal);

        // Every source row once: 20 rows, train and validation with one template each, the test rows with every direct one.
        var rows = manifest.RootElement.GetProperty("tasks")[0].GetProperty("slices").EnumerateArray().Select(slice => slice.GetProperty("selected").GetInt64()).ToList();
        Assert.Equal(20, rows.Sum());
        var test = File.ReadAllLines(_scratch.At("out", "data", "test-00000-of-00001.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(10 * rows[2], test.Count);
        Assert.All(test, example => Assert.Equal("direct", example.GetProperty("kind").GetString()));
        Assert.All(test, example => Assert.Equal(example.GetProperty("target").GetString(), example.GetProperty("choices")[example.GetProperty("answer_index").GetInt32()].GetString()));
    }

    [Fact]
    public void The_test_slice_can_be_left_out()
    {
        CliRun.Ok("build", "--tasks", _scratch.At("tickets.yaml"), "--no-in-task-test", "--out", _scratch.At("out"));
        using var manifest = Manifest();
        Assert.Equal(["train", "validation"], Splits(manifest));
    }

    [Fact]
    public void A_folder_adds_and_selects_its_tasks_beside_names()
    {
        Directory.CreateDirectory(_scratch.At("mine"));
        File.Move(_scratch.At("tickets.yaml"), _scratch.At("mine", "tickets.yaml"));
        File.Move(_scratch.At("tickets.csv"), _scratch.At("mine", "tickets.csv"));
        var run = CliRun.Ok("plan", "--tasks", $"{_scratch.At("mine")},sst2", "--json");
        using var plan = JsonDocument.Parse(run.Bytes);
        Assert.Equal(["sst2", "tickets"], plan.RootElement.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("task").GetString()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_plan_file_may_name_it_too()
    {
        _scratch.Write("plan.yaml", "tasks: tickets.yaml\n".Replace("tickets.yaml", "./tickets.yaml", StringComparison.Ordinal));
        using var plan = JsonDocument.Parse(CliRun.Ok("plan", _scratch.At("plan.yaml"), "--json").Bytes);
        Assert.Equal("tickets", plan.RootElement.GetProperty("tasks")[0].GetProperty("task").GetString());
    }

    [Fact]
    public void The_data_folder_itself_is_searched()
    {
        Directory.CreateDirectory(_scratch.At("elsewhere"));
        File.Move(_scratch.At("tickets.csv"), _scratch.At("elsewhere", "tickets.csv"));
        Assert.Equal(2, CliRun.Of("build", "--tasks", _scratch.At("tickets.yaml"), "--out", _scratch.At("none")).Code);
        CliRun.Ok("build", "--tasks", _scratch.At("tickets.yaml"), "--data", _scratch.At("elsewhere"), "--out", _scratch.At("out"));

        // A folder named like a shipped task is that task's folder.
        Samples.Copy("rte", _scratch.At("RTE"));
        CliRun.Ok("plan", "--tasks", "rte", "--data", _scratch.At("RTE"), "--hold-out", "none");
    }

    [Fact]
    public void One_that_replaces_a_shipped_task_has_to_be_allowed_and_is_reported()
    {
        var draft = CliRun.Ok("new", "task", "rte", _scratch.At("tickets.csv"), "--answer", "queue", "--out", _scratch.At("rte.yaml"));
        Assert.Contains("--replace --out dataset", draft.Error, StringComparison.Ordinal);
        string[] command = ["--tasks", _scratch.At("rte.yaml"), "--data", _scratch.Path, "--out", _scratch.At("out")];
        foreach (var name in (string[])["build", "plan"])
        {
            var refused = CliRun.Of([name, .. command]);
            Assert.Equal((2, $"error IK2009: Your task 'rte' ({_scratch.At("rte.yaml")}) has the name of a shipped task. Rename it, or use --replace to take it instead of the shipped one.\n"), (refused.Code, refused.Error));
        }

        Assert.False(Directory.Exists(_scratch.At("out")));
        CliRun.Ok(["plan", .. command, "--replace"]);
        var run = CliRun.Ok(["build", .. command, "--replace"]);
        Assert.Contains($"Your task 'rte' ({_scratch.At("rte.yaml")}) replaces the shipped one.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cap_that_leaves_rows_out_is_reported_with_its_option_and_counted_by_plan()
    {
        string[] words = ["--tasks", _scratch.At("tickets.yaml"), "--max-per-task", "5"];
        var run = CliRun.Ok(["build", .. words, "--out", _scratch.At("out")]);
        Assert.Contains("tickets: 5 of 16 rows of train[:-4] were used; --max-per-task none uses all.", run.Error, StringComparison.Ordinal);
        Assert.Contains("train 5 of train[:-4] (16 without --max-per-task)", CliRun.Ok(["plan", .. words]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_in_two_slices_are_counted_once_by_plan_as_by_build()
    {
        var yaml = File.ReadAllText(_scratch.At("tickets.yaml")).Replace("train[:-4]", "train[:-1]", StringComparison.Ordinal);
        _scratch.Write("tickets.yaml", yaml);
        string[] words = ["--tasks", _scratch.At("tickets.yaml")];
        using var plan = JsonDocument.Parse(CliRun.Ok(["plan", .. words, "--json"]).Bytes);
        var planned = plan.RootElement.GetProperty("tasks")[0].GetProperty("slices").EnumerateArray().Select(slice => (slice.GetProperty("slice").GetString(), slice.GetProperty("selected_at_most").GetInt64())).ToList();
        CliRun.Ok(["build", .. words, "--out", _scratch.At("out")]);
        using var manifest = Manifest();
        var built = manifest.RootElement.GetProperty("tasks")[0].GetProperty("slices").EnumerateArray().Select(slice => (slice.GetProperty("slice").GetString(), slice.GetProperty("selected").GetInt64())).ToList();
        Assert.Equal(built, planned);
        Assert.Equal(3, plan.RootElement.GetProperty("tasks")[0].GetProperty("slices")[0].GetProperty("overlapping").GetInt64());
    }

    [Fact]
    public void Columns_may_have_names_in_any_script()
    {
        _scratch.Write("umlaut.csv", "größe,色,antwort\n" + string.Concat(Enumerable.Range(0, 10).Select(n => $"{n},rot,{(n % 2 == 0 ? "ja" : "nein")}\n")));
        CliRun.Ok("new", "task", "umlaut", _scratch.At("umlaut.csv"), "--answer", "antwort", "--out", _scratch.At("umlaut.yaml"), "-q");
        Assert.Contains("größe: int", File.ReadAllText(_scratch.At("umlaut.yaml")), StringComparison.Ordinal);
        var preview = CliRun.Ok("preview", _scratch.At("umlaut.yaml"));
        Assert.Matches("größe: [0-9]\n           色: rot", preview.Output);
    }

    private JsonDocument Manifest() => JsonDocument.Parse(File.ReadAllBytes(_scratch.At("out", ".instructkit", "manifest.json")));

    private static IEnumerable<string> Splits(JsonDocument manifest) =>
        manifest.RootElement.GetProperty("tasks")[0].GetProperty("slices").EnumerateArray().Select(slice => slice.GetProperty("output").GetString()!);
}
