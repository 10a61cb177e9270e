using System.Diagnostics;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>A standard output that accepts no more; the tool as a separate process.</summary>
public sealed class StandardOutputTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("--version")]
    [InlineData("--help")]
    [InlineData("completion bash")]
    [InlineData("clusters --json")]
    [InlineData("render rows.jsonl --template prompt.jinja")]
    public void A_full_disk_is_told_in_one_line(string arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is Linux's");
        WriteRows(1);
        const string Message = "Standard output cannot be written: No space left on device.";
        var expected = arguments.Contains("--json", StringComparison.Ordinal)
            ? $$"""{"diagnostics":[{"code":"IK4005","severity":"error","message":"{{Message}}","hint":null}]}""" + "\n"
            : $"error IK4005: {Message}\n";
        Assert.Equal((74, "", expected), Shell($"{Tool} {arguments} > /dev/full"));
    }

    [Fact]
    public void A_reader_that_goes_ends_the_work_without_complaint()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a shell's pipe");
        // Far more than a pipe holds; the rest is never reached once the closed pipe is noticed, since it has a row that fails (exit 1).
        WriteRows(200_000);
        File.AppendAllText(_scratch.At("rows.jsonl"), "no row\n");
        Assert.Equal((0, "{\"output\": \"row 0\"}\n", "exit 0\n"), Shell($"({Tool} render rows.jsonl --template prompt.jinja; echo exit $? >&2) | head -n 1"));
    }

    [Fact]
    public void What_others_wrote_to_the_same_file_stays()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a shell's redirection");
        WriteRows(2);
        Shell($"(echo first; {Tool} render rows.jsonl --template prompt.jinja; {Tool} render rows.jsonl --template prompt.jinja; echo last) > all.txt");
        Assert.Equal(
            ["first", "{\"output\": \"row 0\"}", "{\"output\": \"row 1\"}", "{\"output\": \"row 0\"}", "{\"output\": \"row 1\"}", "last"],
            File.ReadAllLines(_scratch.At("all.txt")));
    }

    [Theory]
    [InlineData("2>&-", 0)]
    [InlineData("2>/dev/full", 0)]
    [InlineData("--log-file /dev/full 2>/dev/null", 74)]
    [InlineData("-q <&- >&- 2>&-", 0)]
    [InlineData("--json <&- >&- 2>/dev/null", 74)]
    public void A_stream_that_is_closed_or_full_leaves_the_build_whole_and_has_a_documented_code(string redirection, int code)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is Linux's");
        Assert.Equal((code, ""), Shell($"{Tool} build --out built {redirection}") is var run ? (run.Code, run.Output) : default);
        Assert.True(File.Exists(_scratch.At("built", ".instructkit", "manifest.json")));
        // No message went into a file that got the descriptor of a closed stream.
        Assert.All(Directory.EnumerateFiles(_scratch.At("built", "data")).SelectMany(File.ReadLines), line => Assert.StartsWith("{\"input\":", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--no-shuffle")]
    [InlineData("--container jsonl.gz --no-shuffle")]
    [InlineData("--container parquet")]
    public void A_file_that_may_not_grow_ends_the_build_and_leaves_nothing(string options)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux' limits");
        WriteTask(rows: 500);
        // The runtime's own code pages are files that the limit would hit first.
        var run = Shell($"ulimit -f 8; export DOTNET_EnableWriteXorExecute=0; {Tool} build --tasks t.yaml --data . --max-per-task none --out built {options}");
        Assert.Equal((74, ""), (run.Code, run.Output));
        Assert.Contains("cannot be written: the file would be larger than the system allows (ulimit -f).", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.At("built")));
    }

    [Fact]
    public void Too_few_files_that_may_be_open_are_an_error_and_no_crash()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux' limits");
        // With too few the runtime itself does not start, and the threshold differs: it has about two dozen files open
        // before the tool runs, and those that the shell inherited. Once it starts, there is no crash.
        List<string> seen = [];
        var started = false;
        for (var limit = 36; limit <= 148; limit += 8)
        {
            var run = Shell($"ulimit -n {limit}; {Tool} clusters");
            started |= run.Code is 0 or 74;
            if (!started) continue;

            Assert.True(run.Code is 0 or 74, $"{limit} files: exit {run.Code}: {run.Error}");
            if (run.Code == 74) seen.Add(run.Error);
        }

        Assert.NotEmpty(seen);
        Assert.All(seen, error => Assert.Equal("error IK4005: Too many open files: the limit of the process leaves no room to work (ulimit -n).\n", error));
    }

    private void WriteTask(int rows)
    {
        _scratch.Write("t/a.jsonl", string.Concat(Enumerable.Range(0, rows).Select(n => $"{{\"text\": \"row {n} {new string('x', 200)}\"}}\n")));
        _scratch.Write("t.yaml", """
            task: t
            title: A task
            columns: { text: string }
            layouts:
              - name: own
                format: jsonl
                files: { train: a.jsonl }
            splits: { train: train }
            answer: text
            templates:
              - id: t
                input: "{{ text }}"
                target: "{{ answer }}"
            """);
    }

    private static string Tool => $"dotnet '{Path.Combine(CliRun.Home, "instructkit.dll")}'";

    private void WriteRows(int count)
    {
        _scratch.Write("prompt.jinja", "row {{ n }}");
        _scratch.Write("rows.jsonl", string.Concat(Enumerable.Range(0, count).Select(n => $"{{\"n\": {n}}}\n")));
    }

    private (int Code, string Output, string Error) Shell(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _scratch.At("."),
        })!;
        var error = shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        return (shell.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
