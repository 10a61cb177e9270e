using System.Diagnostics;
using InstructKit.Tests.Cli;
using Xunit;

namespace InstructKit.Tests.Readme;

/// <summary>The README's commands in order, as typed in an empty folder with the few files mentioned in the text.</summary>
public sealed class ReadmeTests : IDisposable
{
    private const string RunTool = "dotnet run --project src/InstructKit.Cli -c Release -- ";
    private const string RunTests = "dotnet test tests/InstructKit.Tests -c Release";

    private readonly ScratchFolder _scratch = new();

    private static string Golden => Path.Combine(AppContext.BaseDirectory, "Golden");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_command_block_prints_what_the_page_says()
    {
        var blocks = CommandBlock.ReadAll(File.ReadAllText(Path.Combine(Golden, "README.md")));
        Assert.True(blocks.Count >= 10, "the page has lost its command blocks");
        Assert.StartsWith(RunTool, blocks[0].Command, StringComparison.Ordinal);
        Assert.Equal(RunTests, blocks[1].Command);
        PrepareFolder();
        foreach (var block in blocks.Where(block => block.Command != RunTests))
        {
            // One assertion over both texts shows the whole difference.
            Assert.Equal($"$ {block.Command}\n{block.Expected}", $"$ {block.Command}\n{Run(block.Command)}");
        }
    }

    [Fact]
    public void The_command_that_runs_the_tests_is_the_one_of_the_gate() =>
        Assert.Contains(RunTests, File.ReadAllText(Path.Combine(Golden, "gate")), StringComparison.Ordinal);

    private void PrepareFolder()
    {
        foreach (var path in Directory.GetFiles(Path.Combine(Golden, "readme"))) File.Copy(path, _scratch.At(Path.GetFileName(path)));

        Directory.CreateDirectory(_scratch.At("samples", "predictions"));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "samples", "predictions", "wnli.jsonl"), _scratch.At("samples", "predictions", "wnli.jsonl"));
        foreach (var task in (ReadOnlySpan<string>)["rte", "cb", "glue_mrpc", "cola", "sst2"]) Samples.Copy(task, _scratch.At("glue", task));
    }

    private string Run(string command)
    {
        if (command.StartsWith("head -n ", StringComparison.Ordinal))
        {
            var words = command.Split(' ');
            return string.Concat(File.ReadLines(_scratch.At(words[3].Split('/'))).Take(int.Parse(words[2], CultureInfo.InvariantCulture)).Select(line => line + "\n"));
        }

        var arguments = command.StartsWith(RunTool, StringComparison.Ordinal) ? command[RunTool.Length..] : command["instructkit ".Length..];
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            WorkingDirectory = _scratch.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var word in arguments.Split(' ').Prepend(Path.Combine(AppContext.BaseDirectory, "instructkit.dll"))) start.ArgumentList.Add(word);

        using var process = Process.Start(start)!; // a new process, so never null
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + error.GetAwaiter().GetResult();
    }
}
