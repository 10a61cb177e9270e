using System.Diagnostics;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>A signal in the middle of a build; the tool as a separate process.</summary>
public sealed class SignalTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task A_signal_ends_the_build_and_leaves_nothing(string signal, int code)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such signals");
        Assert.SkipUnless(await ReachesProcesses(signal), "started in the background or by nohup, where the signal is ignored for all that follows");
        // Quick rows, so that something is written; then slow ones, so that the build is still running whenever the signal arrives.
        WriteSlowTask(string.Concat(Enumerable.Repeat($"{{\"text\": \"{new string('q', 400)}\"}}\n", 30_000)) + Slow(9999));
        using var build = StartTool("build", "--tasks", "slow.yaml", "--data", "data", "--hold-out", "none", "--max-per-task", "none", "--no-shuffle", "--out", "out");
        build.StandardInput.Close();
        var staged = _scratch.At("out", ".instructkit", "staging", "data");
        for (var start = Stopwatch.GetTimestamp(); !build.HasExited && !(Directory.Exists(staged) && Directory.EnumerateFiles(staged).Any()) && Stopwatch.GetElapsedTime(start).TotalMinutes < 2;)
            await Task.Delay(5, TestContext.Current.CancellationToken);

        using (var kill = Start("kill", $"-{signal}", build.Id.ToString(CultureInfo.InvariantCulture)))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var output = build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await build.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal($"Stopped by SIG{signal}; no unfinished output was left behind.\n", error);
        Assert.Equal(code, build.ExitCode);
        Assert.Empty(await output);
        Assert.False(Path.Exists(_scratch.At("out")));
    }

    // Ignored or blocked, it is so for every process below; only a process that sends itself the signal can tell (no field of /proc does everywhere).
    private static async Task<bool> ReachesProcesses(string signal)
    {
        using var probe = Start("sh", "-c", $"kill -{signal} $$; echo alive");
        await probe.WaitForExitAsync(TestContext.Current.CancellationToken);
        return probe.ExitCode != 0;
    }

    // A row of this template takes a good part of a second; there are more of them than a test can wait for.
    [Theory]
    [InlineData("render", "rows.jsonl", "--template", "slow.jinja")]
    [InlineData("render", "-", "--template", "slow.jinja")]
    [InlineData("preview", "slow.yaml", "--data", "data", "--rows", "9999")]
    [InlineData("lint", "slow.yaml", "--data", "data", "--rows", "9999")]
    [InlineData("build", "--tasks", "slow.yaml", "--data", "data", "--hold-out", "none", "--on-bad-row", "skip", "--out", "out")]
    [InlineData("validate", "-")]
    public async Task A_signal_ends_a_render_within_a_second(params string[] command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such signals");
        WriteSlowTask(Slow(9999));
        _scratch.Write("slow.jinja", SlowTemplate);
        _scratch.Write("rows.jsonl", Slow(9999));
        using var tool = StartTool(command);
        var output = tool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = tool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        // Nothing shows from outside that a row is being rendered: after a second of CPU time one is, and a process waiting for input uses no more.
        var (worked, idle) = (TimeSpan.Zero, 0);
        while (!tool.HasExited && worked < TimeSpan.FromSeconds(1.2) && (idle < 50 || worked < TimeSpan.FromSeconds(0.1)))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            tool.Refresh();
            idle = tool.TotalProcessorTime == worked ? idle + 1 : 0;
            worked = tool.TotalProcessorTime;
        }

        Assert.False(tool.HasExited, await Any(error));
        var before = Stopwatch.GetTimestamp();
        using (var kill = Start("kill", "-TERM", tool.Id.ToString(CultureInfo.InvariantCulture))) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);

        await tool.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(143, tool.ExitCode);
        Assert.EndsWith("Stopped by SIGTERM; no unfinished output was left behind.\n", await error, StringComparison.Ordinal);

        // A second of its own CPU time, not counting other load on the machine.
        Assert.InRange(Stopwatch.GetElapsedTime(before).TotalSeconds, 0, 5);
        await output;
        Assert.False(Path.Exists(_scratch.At("out")));

        async Task<string> Any(Task<string> text) => tool.HasExited ? await text : string.Empty;
    }

    [Fact]
    public async Task A_kill_while_files_are_published_loses_no_build()
    {
        // Hundreds of shards, so that there is time to see the journal and to kill.
        var row = File.ReadLines(Path.Combine(Samples.Path, "rte", "train.jsonl")).First() + "\n";
        Directory.CreateDirectory(_scratch.At("data", "rte"));
        File.WriteAllText(_scratch.At("data", "rte", "train.jsonl"), string.Concat(Enumerable.Repeat(row, 500)));
        string[] command = ["build", "--data", _scratch.At("data"), "--tasks", "rte", "--hold-out", "none", "--shard-size", "1", "--no-shuffle", "--out", _scratch.At("out")];
        CliRun.Ok(command);
        var earlier = Hashes();
        var journal = _scratch.At("out", ".instructkit", "journal");
        using (var build = Start("dotnet", [Path.Combine(CliRun.Home, "instructkit.dll"), .. command, "--force", "--seed", "2"]))
        {
            while (!build.HasExited && !File.Exists(journal)) await Task.Yield();

            build.Kill();
            await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        // The next command restores the earlier build before it looks at anything else, and this one is refused.
        Assert.Equal(2, CliRun.Of(command).Code);
        Assert.Equal(earlier, Hashes());
        Assert.False(File.Exists(journal));
        CliRun.Ok([.. command, "--force", "--seed", "2"]);

        List<string> Hashes() =>
        [
            .. Directory.GetFiles(_scratch.At("out"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(path => path + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))),
        ];
    }

    private const string SlowTemplate = "{% if text == 'x' %}{% set s = '1' * 4000000 %}{% for i in range(900000) %}{% if s.isdigit() %}{% endif %}{% endfor %}{% endif %}";

    private static string Slow(int rows) => string.Concat(Enumerable.Repeat("{\"text\": \"x\"}\n", rows));

    private void WriteSlowTask(string rows)
    {
        _scratch.Write("data/slow/train.jsonl", rows);
        _scratch.Write("slow.yaml", $$$"""
            task: slow
            title: Slow
            columns: { text: string }
            layouts: [ { name: own, format: jsonl, files: { train: train.jsonl } } ]
            splits: { train: train }
            answer: text
            templates:
              - id: slow
                input: "Repeat the text.{{{SlowTemplate}}}"
                target: "{{ answer }}"
            """);
    }

    private Process StartTool(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(CliRun.Home, "instructkit.dll"), .. arguments])
        {
            WorkingDirectory = _scratch.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private static Process Start(string command, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
