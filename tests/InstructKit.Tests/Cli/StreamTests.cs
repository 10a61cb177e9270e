using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary><c>build --out -</c>: one split on standard output, and nothing else except the requested manifest.</summary>
public sealed class StreamTests : IDisposable
{
    private static readonly string[] Build = ["build", "--tasks", "rte,sst2", "--hold-out", "rte", "--format", "messages"];

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("train", "jsonl", ".jsonl")]
    [InlineData("held_out", "jsonl.gz", ".jsonl.gz")]
    [InlineData("validation", "parquet", ".parquet")]
    public void The_bytes_are_those_of_the_file(string split, string container, string extension)
    {
        CliRun.Ok([.. Build, "--container", container, "--out", _scratch.At("out")]);
        var run = CliRun.Ok([.. Build, "--container", container, "--out", "-", "--split", split, "--manifest", _scratch.At("manifest.json")]);
        Assert.Equal(File.ReadAllBytes(_scratch.At("out", "data", $"{split}-00000-of-00001{extension}")), run.Bytes);
        Assert.Equal(File.ReadAllText(_scratch.At("out", ".instructkit", "manifest.json")), File.ReadAllText(_scratch.At("manifest.json")));
        Assert.Contains($"of {split} to standard output.", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists("-"));
    }

    [Theory]
    [InlineData("name it with --split", "--out", "-")]
    [InlineData("both write to standard output", "--out", "-", "--split", "train", "--json")]
    [InlineData("writes one file", "--out", "-", "--split", "train", "--also", "pair")]
    [InlineData("are for --out -", "--split", "train")]
    public void What_one_stream_cannot_hold_is_refused(string message, params string[] options)
    {
        var run = CliRun.Of([.. Build, .. options]);
        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("{\"messages\"", Encoding.UTF8.GetString(run.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_are_kept_in_a_temporary_folder()
    {
        _scratch.Write("data/mood/train.jsonl", """
            {"text":"fine","stars":5,"label":1}
            {"text":"odd","stars":"many","label":1}

            """);
        var task = Path.Combine(AppContext.BaseDirectory, "Golden", "formats", "tasks", "mood.yaml");
        var run = CliRun.Of("build", "--tasks", task, "--data", _scratch.At("data"), "--on-bad-row", "skip", "--out", "-", "--split", "train");
        Assert.Equal(1, run.Code);
        Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var rejects = run.Error.Split("could not be used: ")[1].Split(" lists them.")[0];
        Assert.Contains("many", Assert.Single(File.ReadAllLines(rejects)), StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(rejects)!));
        Directory.Delete(Path.GetDirectoryName(rejects)!, recursive: true);
    }
}
