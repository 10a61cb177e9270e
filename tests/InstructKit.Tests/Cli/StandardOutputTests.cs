using System.Diagnostics;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>A standard output that takes no more; the tool as a process of its own.</summary>
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
        Assert.Equal((74, "", "error IK4005: Standard output cannot be written: No space left on device.\n"), Shell($"{Tool} {arguments} > /dev/full"));
    }

    [Fact]
    public void A_reader_that_goes_ends_the_work_without_complaint()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a shell's pipe");
        // Far more than a pipe holds; what follows is never reached when the reader's going is noticed, for it has a row that fails (exit 1).
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
