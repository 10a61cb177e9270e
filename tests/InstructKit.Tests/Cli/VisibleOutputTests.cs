using System.Text.RegularExpressions;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>No control characters get from data, task files, names or arguments into the output or the dataset card.</summary>
public sealed partial class VisibleOutputTests : IDisposable
{
    // Escape, C1, change of direction; also as YAML and JSON escapes.
    private const string Hostile = "\e[31m\u202e\u009b2J";
    private const string Escaped = """\e[31m\u202e\u009b2J""";

    private readonly ScratchFolder _scratch = new();

    public VisibleOutputTests()
    {
        _scratch.Write("data/t/a.jsonl", $"{{\"text\": \"x\", \"label\": 0}}\n{{\"text\": \"\u202ey\", \"label\": 9}}\n");
        _scratch.Write("t.yaml", $$$"""
            task: t
            title: "T|{{{Escaped}}} <b>bold</b>"
            cluster: "c{{{Escaped}}}"
            cite: "https://example.org/x|{{{Escaped}}})"
            licence: "l{{{Escaped}}}"
            columns: { text: string, label: int }
            layouts:
              - name: own
                format: jsonl
                files: { train: a.jsonl }
            splits: { train: "train[:1]" }
            order: source
            options: [ "n{{{Escaped}}}", "yes" ]
            answer: "options[label]"
            templates:
              - id: t
                input: "{{ text }} {{ options_block }}"
                target: "{{ answer }}"
            """);
        _scratch.Write("keys.yaml", $"task: keys\n\"{Escaped}\": 1\n");
    }

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("tasks show t --tasks t.yaml --data data")]
    [InlineData("preview t.yaml --data data")]
    [InlineData("plan --tasks t.yaml --data data")]
    [InlineData("preview t.yaml --data data --split test")]
    [InlineData("preview HOSTILE")]
    [InlineData("build --hold-out HOSTILE")]
    [InlineData("build --hold-out HOSTILE --json")]
    [InlineData("build --data HOSTILE")]
    [InlineData("HOSTILE")]
    [InlineData("clusters --scheme HOSTILE")]
    [InlineData("lint keys.yaml")]
    [InlineData("lint t.yaml --data data")]
    public void Of_a_command(string line)
    {
        var words = line.Split(' ').Select(word => word == "HOSTILE" ? Hostile : word is "data" || word.EndsWith(".yaml", StringComparison.Ordinal) ? _scratch.At(word) : word);
        var run = CliRun.Of([.. words]);
        Assert.DoesNotMatch(Obeyed, run.Output);
        Assert.DoesNotMatch(Obeyed, run.Error);
        Assert.NotEqual(70, run.Code);
        if (!line.Contains("--split", StringComparison.Ordinal) && !line.StartsWith("lint t", StringComparison.Ordinal)) Assert.Contains("[31m", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_bad_row_with_the_carets_below_what_is_shown()
    {
        _scratch.Write("data/t/a.jsonl", "{\"text\": \"x\e\", \"label\": 0}\n");
        var run = CliRun.Of("build", "--tasks", _scratch.At("t.yaml"), "--data", _scratch.At("data"), "--hold-out", "none", "--out", _scratch.At("out"));
        Assert.Equal(65, run.Code);
        Assert.EndsWith("\n1 | {\"text\": \"x\\x1b\", \"label\": 0}\n  |            ^^^^\n", run.Error, StringComparison.Ordinal);

        var source = SourceText.FromText("s", "ab\u202ecd");
        Assert.Equal("1 | ab\\u202ecd\n  |         ^^\n", Excerpt.Render(new SourceSpan(source, 3, 2)));
    }

    [Fact]
    public void Of_the_dataset_card_whose_cells_are_text()
    {
        CliRun.Ok("build", "--tasks", _scratch.At("t.yaml"), "--data", _scratch.At("data"), "--hold-out", "none", "--out", _scratch.At("out"));
        var card = File.ReadAllText(_scratch.At("out", "README.md"));
        Assert.DoesNotMatch(Obeyed, card);
        var row = card.Split('\n').Single(line => line.StartsWith("| `t` [", StringComparison.Ordinal));
        Assert.Contains(@"[T\|\\x1b\[31m\\u202e\\x9b2J &lt;b&gt;bold&lt;/b&gt;](https://example.org/x%7C", row, StringComparison.Ordinal);
        Assert.Equal(8, Bar.Count(row));
    }

    [GeneratedRegex(@"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")]
    private static partial Regex Obeyed { get; }

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar { get; }
}
