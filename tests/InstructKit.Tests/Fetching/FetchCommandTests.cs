using System.Diagnostics;
using System.Text.Json;
using InstructKit.Cli.Hosting;
using InstructKit.Sources.Hub;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Fetching;

/// <summary>The command as a separate process, with a user's environment.</summary>
public sealed class FetchCommandTests : IDisposable
{
    private readonly FetchBench _bench = new();

    public FetchCommandTests() => _bench.Scratch.Write("colour.yaml", FetchBench.Yaml());

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Fetch_writes_the_lock_and_says_what_came()
    {
        var commit = _bench.DefaultCommit();
        var dry = Run("fetch", "colour.yaml", "--dry-run");
        Assert.Equal((0, "3 files, 12.0 kB; 12.0 kB to fetch.\n"), (dry.Code, dry.Error));
        Assert.Equal(
            $"""
            state    bytes   left  dataset      commit        path                               tasks
            missing      9      9  toys/colour  {commit[..12]}  data/test-00000-of-00001.parquet   colour
            missing  9,000  9,000  toys/colour  {commit[..12]}  data/train-00000-of-00002.parquet  colour
            missing  3,000  3,000  toys/colour  {commit[..12]}  data/train-00001-of-00002.parquet  colour

            """,
            dry.Output);
        Assert.False(File.Exists(_bench.Scratch.At(HubLock.FileName)));
        Assert.False(Directory.Exists(_bench.Scratch.At("cache")));

        var fetched = Run("fetch", "colour.yaml", "--json");
        Assert.Equal((0, $"3 files, 12.0 kB, 12.0 kB of it fetched now, in {_bench.Scratch.At("cache")}.\n"), (fetched.Code, fetched.Error));
        using var document = JsonDocument.Parse(fetched.Output);
        Assert.Equal(12_009, document.RootElement.GetProperty("bytes_received").GetInt64());
        Assert.Equal(commit, HubLock.Load(_bench.Scratch.At(HubLock.FileName)).Datasets[0].Snapshot.Commit);
    }

    [Fact]
    public void The_token_is_in_no_message_log_or_lock()
    {
        _bench.DefaultCommit();
        _bench.Data.IsPrivate = true;
        _bench.Scratch.Write("home/token", FakeHub.Token);
        var fetched = Run("fetch", "colour.yaml", "-vv", "--log-file", "log.jsonl", "--json");
        _bench.Data.IsGated = true;
        Directory.Delete(_bench.Scratch.At("cache"), recursive: true);
        var gated = Run("fetch", "colour.yaml", "-vv", "--log-file", "log2.jsonl");
        Assert.Equal((0, ExitCode.Remote), (fetched.Code, gated.Code));
        Assert.Contains("error IK8002: The dataset 'toys/colour' is gated", gated.Error, StringComparison.Ordinal);
        Assert.Contains("toys/colour/data/train-00000-of-00002.parquet", File.ReadAllText(_bench.Scratch.At("log.jsonl")), StringComparison.Ordinal);
        Assert.DoesNotContain(FakeHub.Token, fetched.Output + fetched.Error + gated.Output + gated.Error, StringComparison.Ordinal);
        Assert.Equal([_bench.Scratch.At("home", "token")], _bench.FilesWith(FakeHub.Token));
    }

    [Fact]
    public void What_was_fetched_is_built_from_by_the_word_hub()
    {
        var commit = _bench.Data.Commit("main", new("data/train-0.parquet", FetchBench.Parquet("train", 0, 20), true), new("data/test-0.parquet", FetchBench.Parquet("test", 0, 9), true));
        _bench.Scratch.Write("plan.yaml", "tasks: [colour]\ntask_files: [colour.yaml]\ndata: [hub]\nout: planned\n");
        Assert.Equal(0, Run("fetch", "colour.yaml").Code);
        Assert.Equal(0, Run("build", "plan.yaml").Code);
        Assert.Contains($"\"commit\": \"{commit}\"", File.ReadAllText(_bench.Scratch.At("planned", ".instructkit", "manifest.json")), StringComparison.Ordinal);

        // The cache's path works like the word.
        string[] data = ["--tasks", _bench.Scratch.At("colour.yaml"), "--data", _bench.Scratch.At("cache")];
        var built = RunHere(["build", "--quiet", "--train", "colour", "--out", _bench.Scratch.At("out"), .. data]);
        Assert.Equal((0, string.Empty), (built.Code, built.Error));
        Assert.Equal(
            File.ReadAllText(_bench.Scratch.At("out", "data", "train-00000-of-00001.jsonl")),
            File.ReadAllText(_bench.Scratch.At("planned", "data", "train-00000-of-00001.jsonl")));
        Assert.Contains("data: hub\n", RunHere(["tasks", .. data]).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("No task is named", "fetch", "--lock", "nowhere.lock")]
    [InlineData("Did you mean 'rte'?", "fetch", "rtee")]
    [InlineData("--locked and --update contradict each other.", "fetch", "rte", "--locked", "--update")]
    [InlineData("There is no lock file 'nowhere.lock'. `instructkit fetch TASK` makes one.", "fetch", "rte", "--locked", "--lock", "nowhere.lock")]
    public void What_is_asked_wrongly_is_told_without_asking_the_hub(string message, params string[] args)
    {
        var (code, _, error) = RunHere([.. args, "--cache", _bench.Scratch.At("cache")]);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HubCodes.DatasetMissing, 69)]
    [InlineData(HubCodes.Unavailable, 75)]
    [InlineData(HubCodes.RateLimited, 75)]
    [InlineData(HubCodes.NotLocked, 2)]
    [InlineData(HubCodes.NoRoom, 74)]
    public void Codes_of_the_hub_become_exit_codes(string code, int expected) => Assert.Equal(expected, ExitCode.Of(code));

    // In this process, for what does not depend on the environment; a separate process is slow.
    private static (int Code, string Output, string Error) RunHere(string[] args)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter { NewLine = "\n" };
        var code = InstructKit.Cli.Application.Run(args, TextReader.Null, output, error, TestContext.Current.CancellationToken);
        return (code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    private (int Code, string Output, string Error) Run(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "instructkit.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _bench.Scratch.Path,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("HF_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);

        start.Environment["HF_ENDPOINT"] = _bench.Hub.Address.AbsoluteUri;
        start.Environment["HF_HOME"] = _bench.Scratch.At("home");
        start.Environment["HF_HUB_CACHE"] = _bench.Scratch.At("cache");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
