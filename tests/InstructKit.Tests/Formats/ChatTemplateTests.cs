using System.Text.Json.Nodes;
using InstructKit.Tests.Cli;
using Xunit;

namespace InstructKit.Tests.Formats;

/// <summary>Chat templates render the turns to one text, and mark its trained parts.</summary>
public sealed class ChatTemplateTests : IDisposable
{
    private const string Marked =
        "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{{ eos_token }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{{ '\\n' }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";

    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Golden", "formats");

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_generation_tag_marks_what_is_trained_on()
    {
        _scratch.Write("tokenizer_config.json", new JsonObject { ["chat_template"] = Marked, ["bos_token"] = "^", ["eos_token"] = new JsonObject { ["content"] = "$" } }.ToJsonString());
        foreach (var (row, input, target) in Build("tokenizer_config.json"))
        {
            Assert.Equal($"^<system>Be brief.\n<user>{input}\n<assistant>{target}$\n", row["text"]!.GetValue<string>());
            Assert.Equal([$"{target}$"], Trained(row));
        }
    }

    [Fact]
    public void Without_the_tag_it_is_what_follows_the_prompt()
    {
        _scratch.Write("chat.jinja", Marked.Replace("{% generation %}", string.Empty, StringComparison.Ordinal).Replace("{% endgeneration %}", string.Empty, StringComparison.Ordinal));
        foreach (var (row, _, target) in Build("chat.jinja")) Assert.Equal([$"{target}\n"], Trained(row));
    }

    [Fact]
    public void An_example_that_the_template_refuses_is_a_bad_row_and_leaves_nothing()
    {
        _scratch.Write("chat.jinja", "{% if 'plain' in messages[0].content ~ messages[-1].content %}{{ raise_exception('not this one') }}{% endif %}{{ messages[0].content }}|{{ messages[-1].content }}");
        var run = CliRun.Of([.. Arguments("chat.jinja"), "--on-bad-row", "skip"]);
        Assert.Equal(1, run.Code);
        var rows = File.ReadLines(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
        var pairs = File.ReadAllLines(_scratch.At("out", "also", "pair", "train-00000-of-00001.jsonl"));
        Assert.Equal(6, rows.Count);
        Assert.Equal(rows.Count, pairs.Length);
        Assert.DoesNotContain(pairs, line => JsonNode.Parse(line)!["row"]!.GetValue<int>() == 2);
        Assert.Contains("not this one", File.ReadAllText(_scratch.At("out", ".instructkit", "rejects.jsonl")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokenizer_config.json", "{}", "it has no 'chat_template'")]
    [InlineData("tokenizer_config.json", "[", "cannot be read")]
    [InlineData("chat.jinja", "{% for %}", "chat.jinja")]
    public void A_template_that_cannot_be_used_is_refused(string name, string content, string message)
    {
        _scratch.Write(name, content);
        var run = CliRun.Of(Arguments(name));
        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.At("out")));
    }

    private static IEnumerable<string> Trained(JsonNode row)
    {
        // In code points, as in Python: an emoji is one.
        var characters = row["text"]!.GetValue<string>().EnumerateRunes().ToList();
        return row["trained"]!.AsArray().Select(span => string.Concat(characters[span!["start"]!.GetValue<int>()..span["end"]!.GetValue<int>()]));
    }

    private IEnumerable<(JsonNode Row, string Input, string Target)> Build(string template)
    {
        CliRun.Ok([.. Arguments(template), "--system", "Be brief."]);
        var rows = File.ReadLines(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).Select(line => JsonNode.Parse(line)!);
        var pairs = File.ReadLines(_scratch.At("out", "also", "pair", "train-00000-of-00001.jsonl")).Select(line => JsonNode.Parse(line)!);
        return [.. rows.Zip(pairs, (row, pair) => (row, pair["input"]!.GetValue<string>(), pair["target"]!.GetValue<string>()))];
    }

    private string[] Arguments(string template) =>
    [
        "build", "--tasks", Path.Combine(Golden, "tasks"), "--data", Path.Combine(Golden, "data"), "--hold-out", "capital", "--templates", "all", "--no-shuffle", "--format", "text", "--also", "pair",
        "--chat-template", _scratch.At(template), "--out", _scratch.At("out"),
    ];
}
