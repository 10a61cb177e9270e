using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>A signal in the middle of a build; the tool as a process of its own.</summary>
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
        Assert.SkipWhen(signal == "INT" && IsInterruptIgnored(), "started in the background, where SIGINT is ignored for all that follows");
        // Enough rows that the build is still at work when the signal comes.
        var row = File.ReadLines(Path.Combine(Samples.Path, "rte", "train.jsonl")).First() + "\n";
        Directory.CreateDirectory(_scratch.At("data", "rte"));
        File.WriteAllText(_scratch.At("data", "rte", "train.jsonl"), string.Concat(Enumerable.Repeat(row, 30_000)));
        using var build = Start("dotnet", Path.Combine(CliRun.Home, "instructkit.dll"), "build", "--data", _scratch.At("data"), "--tasks", "rte", "--hold-out", "none", "--max-per-task", "none", "--templates", "all", "--out", _scratch.At("out"));
        while (!build.HasExited && !(Directory.Exists(_scratch.At("out", ".instructkit", "staging", "data")) && Directory.EnumerateFiles(_scratch.At("out", ".instructkit", "staging", "data")).Any()))
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

    private static bool IsInterruptIgnored() =>
        File.Exists("/proc/self/status") && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line
        && (ulong.Parse(line["SigIgn:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 2) != 0;

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

    private static Process Start(string command, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
