using System.Text.Json;
using InstructKit.Cli.Hosting;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>How much is reported, where, and in which colours.</summary>
public sealed class MessageTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public MessageTests() => Samples.Copy("rte", _scratch.At("data", "rte"));

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Quiet_says_nothing_but_errors()
    {
        var run = Build("-q");
        Assert.Equal((0, "", ""), (run.Code, run.Output, run.Error));
        Assert.StartsWith("error IK4002: ", Build("-q").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Verbose_adds_steps_and_twice_adds_details()
    {
        var usual = Build().Error;
        var steps = Build("-v", "--force").Error;
        var details = Build("-v", "-v", "--force").Error;
        Assert.DoesNotContain("info: ", usual, StringComparison.Ordinal);
        Assert.Contains("info: Read rte train\n", steps, StringComparison.Ordinal);
        Assert.DoesNotContain("debug: ", steps, StringComparison.Ordinal);
        Assert.Contains("debug: Reading rte train\n", details, StringComparison.Ordinal);
        Assert.EndsWith(usual, steps, StringComparison.Ordinal);
    }

    [Fact]
    public void The_log_file_has_one_event_per_line_even_when_people_are_told_nothing()
    {
        var log = _scratch.At("events.jsonl");
        Assert.Equal("", Build("-q", "--log-file", log).Error);
        var first = Events(log);
        Assert.Contains(first, one => one.GetProperty("@m").GetString() == "Read \"rte\" \"train\"" && one.GetProperty("Task").GetString() == "rte");
        Assert.All(first, one =>
        {
            Assert.Equal(["@t", "@l", "@m", "@mt"], one.EnumerateObject().Take(4).Select(member => member.Name));
            Assert.EndsWith("Z", one.GetProperty("@t").GetString(), StringComparison.Ordinal);
            Assert.Contains(one.GetProperty("@l").GetString(), new[] { "Debug", "Information" });
        });

        // The second run fails; its end is appended.
        Assert.Equal(2, Build("--log-file", log).Code);
        var both = Events(log);
        Assert.True(both.Count > first.Count);
        Assert.Equal(("Fatal", 2), (both[^1].GetProperty("@l").GetString(), both[^1].GetProperty("ExitCode").GetInt32()));
        Assert.Contains("IK4002", both[^1].GetProperty("@x").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true, false, true)]
    [InlineData("1", true, false, false)]
    [InlineData("", true, false, true)]
    [InlineData(null, true, true, false)]
    [InlineData(null, false, false, false)]
    public void Colours_are_for_terminals_that_want_them(string? noColor, bool isTerminal, bool option, bool colours)
    {
        var (kept, term) = (Environment.GetEnvironmentVariable("NO_COLOR"), Environment.GetEnvironmentVariable("TERM"));
        try
        {
            // No other test runs on a terminal, so none sees these.
            Environment.SetEnvironmentVariable("NO_COLOR", noColor);
            Environment.SetEnvironmentVariable("TERM", "xterm");
            using var error = new StringWriter { NewLine = "\n" };
            using var output = new MemoryStream();
            using var terminal = new Terminal(TextReader.Null, output, error) { ErrorIsTerminal = isTerminal };
            Assert.Equal(2, InstructKit.Cli.Application.Run(["preview", "rtee", .. option ? (string[])["--no-color"] : []], terminal, () => null));
            Assert.Equal(colours, error.ToString().Contains('\e', StringComparison.Ordinal));
            Assert.Contains("There is no task 'rtee'. Did you mean 'rte'?", error.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("NO_COLOR", kept);
            Environment.SetEnvironmentVariable("TERM", term);
        }
    }

    [Theory]
    [InlineData("build|--out|", "--out needs a value, found an empty text: --out DIR.")]
    [InlineData("build|--data|", "--data needs a value, found an empty text: --data DIR.")]
    [InlineData("build|--hold-out| , ", "--hold-out needs a value, found an empty text: --hold-out NAME.")]
    [InlineData("build|", "The name of a plan file is empty.")]
    [InlineData("render||--template|x", "There is no template file 'x'.")]
    public void An_empty_text_is_no_value(string arguments, string message)
    {
        var run = CliRun.Of(arguments.Split('|'));
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_build_ends_with_130_and_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        var run = CliRun.Of(cancel.Token, Arguments());
        Assert.Equal((130, "Stopped by SIGINT; no unfinished output was left behind.\n"), (run.Code, run.Error));
        Assert.False(Path.Exists(_scratch.At("out")));
    }

    [Fact]
    public void After_a_failure_the_same_command_can_be_tried_again()
    {
        var path = _scratch.At("data", "rte", "train.jsonl");
        var rows = File.ReadAllText(path);
        File.WriteAllText(path, rows + "{\n");
        Directory.CreateDirectory(_scratch.At("out"));
        Assert.Equal(65, Build().Code);
        Assert.Empty(Directory.GetFileSystemEntries(_scratch.At("out")));
        File.WriteAllText(path, rows);
        Assert.Equal(0, Build().Code);
    }

    private static List<JsonElement> Events(string path) => [.. File.ReadAllText(path, Encoding.UTF8).Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement)];

    private string[] Arguments(params string[] more) => ["build", "--data", _scratch.At("data"), "--tasks", "rte", "--hold-out", "none", "--out", _scratch.At("out"), .. more];

    private CliRun Build(params string[] more) => CliRun.Of(Arguments(more));
}
