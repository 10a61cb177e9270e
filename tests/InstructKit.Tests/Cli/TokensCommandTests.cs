using System.Text.Json;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>The command as a filter: order, threads, errors with their positions.</summary>
public sealed class TokensCommandTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Ids from npm's tiktoken.
    [Fact]
    public void Counts_and_ids_come_out_line_by_line()
    {
        var path = _folder.Write("rows.jsonl", "{\"a\": \"Hello, world! \\u00e9 don't\"}\n\n{\"a\":\"<|endoftext|>\"}\r\n{\"a\": \"\"}");
        Assert.Equal("{\"tokens\": 7}\n{\"tokens\": 7}\n{\"tokens\": 0}\n", CliRun.Ok("tokens", path, "--tokenizer", "cl100k_base", "--column", "a").Output);
        var lines = CliRun.Ok("tokens", path, "--tokenizer", "cl100k_base", "--column", "a", "--ids").Output.Split('\n');
        Assert.Equal("{\"tokens\": 7, \"ids\": [9906, 11, 1917, 0, 4046, 1541, 956]}", lines[0]);
        Assert.Equal("{\"tokens\": 0, \"ids\": []}", lines[2]);
    }

    [Fact]
    public void Without_a_column_every_line_is_counted_as_it_is()
    {
        var path = _folder.Write("text.txt", "Hello, world!\n\n Hello\r\n{\"a\": 1}");
        Assert.Equal("{\"tokens\": 4}\n{\"tokens\": 0}\n{\"tokens\": 1}\n{\"tokens\": 5}\n", CliRun.Ok("tokens", path, "--tokenizer", "gpt2").Output);
    }

    [Fact]
    public void Bad_rows_keep_their_line_and_are_reported_with_file_line_and_column()
    {
        byte[] content = [.. "{\"text\": \"ok\"}\n{\"txt\": \"x\"}\n{\"text\": 5}\n{\"é\": 1, \"text\": x}\n{\"text\": \""u8, 0xFF, .. "\"}\n{\"text\": \"ok\"}\n"u8];
        var path = _folder.At("rows.jsonl");
        File.WriteAllBytes(path, content);
        var run = CliRun.Of("tokens", path, "--tokenizer", "gpt2", "--column", "text");
        Assert.Equal(1, run.Code);
        var lines = run.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(6, lines.Count);
        Assert.All([lines[0], lines[5]], line => Assert.Equal(1, line.GetProperty("tokens").GetInt32()));
        Assert.Equal([(2, 1), (3, 10), (4, 18), (5, 11)], lines[1..5].Select(line => line.GetProperty("error")).Select(error => (error.GetProperty("line").GetInt32(), error.GetProperty("column").GetInt32())));
        Assert.Contains($"{path}:2:1: error IK3005: the row has no column 'text'. Did you mean 'txt'?\n", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{path}:3:10: error IK3005: the column 'text' must hold a text, found 5.\n", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{path}:4:18: error IK3002: ", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{path}:5:11: error IK3004: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("4 of 6 rows failed", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_output_does_not_depend_on_the_number_of_threads()
    {
        var texts = new Lengths.TokenTexts(41);
        var rows = new StringBuilder();
        for (var i = 0; i < 6_000; i++)
            rows.Append("{\"text\": ").Append(JsonSerializer.Serialize(texts.Next(texts.Number(120)))).Append(i % 997 == 0 ? "\n" : "}\n");

        var path = _folder.Write("rows.jsonl", rows.ToString());
        Assert.True(new FileInfo(path).Length > 3 << 20, "the input must be several blocks");
        var runs = new[] { "1", "2", "8" }.Select(jobs => CliRun.Of("tokens", path, "--tokenizer", "o200k_base", "--column", "text", "--ids", "--jobs", jobs)).ToList();
        Assert.Equal(6_000, runs[0].Bytes.AsSpan().Count((byte)'\n'));
        Assert.All(runs, run => Assert.Equal((1, runs[0].Error), (run.Code, run.Error)));
        Assert.All(runs, run => Assert.True(run.Bytes.AsSpan().SequenceEqual(runs[0].Bytes)));
    }

    [Theory]
    [InlineData("tokens x --tokenizer gpt2", "There is no input file 'x'")]
    [InlineData("tokens -", "Give --tokenizer: o200k_base, cl100k_base, gpt2, r50k_base")]
    [InlineData("tokens - --tokenizer o200k", "Did you mean 'o200k_base'?")]
    [InlineData("tokens . --tokenizer gpt2", "The input '.' is a folder")]
    public void Mistakes_on_the_command_line_are_usage_errors(string line, string expected)
    {
        var run = CliRun.Of(line.Split(' '));
        Assert.Equal(2, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void Totals_are_told_when_asked_for()
    {
        var path = _folder.Write("text.txt", "Hello, world!\nHello");
        Assert.Contains("2 rows, 5 tokens", CliRun.Ok("tokens", path, "--tokenizer", "gpt2", "-v").Error, StringComparison.Ordinal);
        Assert.Empty(CliRun.Ok("tokens", path, "--tokenizer", "gpt2").Error);
    }
}
