using System.Text.Json;
using InstructKit.Lengths;
using InstructKit.Tests.Cli;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>Lengths and packed sequences of conversations, against texts assembled here turn by turn.</summary>
public sealed class ConversationLengthTests : IDisposable
{
    private const string Tools = """[{"name":"weather", "parameters":{}}]""";
    private const string Template = "{% if tools %}<<{{ tools[0].name }}>>\n{% endif %}{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.role == 'assistant' %}{% generation %}{{ m.content }}<|im_end|>{% endgeneration %}{% else %}{{ m.content }}<|im_end|>{% endif %}{{ '\\n' }}{% endfor %}";

    private readonly ScratchFolder _scratch = new();

    public ConversationLengthTests()
    {
        _scratch.Write("chat.yaml", """
            task: chat
            title: Chats
            columns: { messages: any, tools: "any?" }
            conversation: { messages: messages, tools: tools, has: [ tool_calls ] }
            layouts:
              - { name: lines, format: jsonl, files: { train: rows.jsonl } }
            splits: { train: train }
            """);
        _scratch.Write("data/rows.jsonl", string.Concat(Rows.Select(row => $"{{\"messages\":{JsonSerializer.Serialize(row.Turns.Select(turn => new { role = turn.Role, content = turn.Text, train = turn.IsTrained }))}{(row.HasTools ? $",\"tools\":{Tools}" : "")}}}\n")));
    }

    // 40 conversations of 1 to 4 questions; every third reply but the last is not trained on, every fifth conversation has tools.
    private static IReadOnlyList<(List<(string Role, string Text, bool IsTrained)> Turns, bool HasTools)> Rows { get; } =
    [
        .. Enumerable.Range(0, 40).Select(i =>
        {
            List<(string Role, string Text, bool IsTrained)> turns = i % 4 == 0 ? [("system", $"Be brief, number {i}.", false)] : [];
            var questions = (i % 4) + 1;
            for (var j = 0; j < questions; j++)
            {
                turns.Add(("user", $"Question {j} of {i}: what is {i * 37} plus {j}?", false));
                turns.Add(("assistant", string.Concat(Enumerable.Repeat($"It is {(i * 37) + j}. ", (i % 3) + 1)).TrimEnd(), j + 1 == questions || (i + j) % 3 != 0));
            }

            return (turns, i % 5 == 0);
        }),
    ];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("messages", true)]
    [InlineData("sharegpt", true)]
    [InlineData("openai", true)]
    [InlineData("verl", false)]
    public void Without_a_chat_template_turns_and_tools_are_counted_as_they_are_written(string format, bool hasTools)
    {
        using var build = JsonDocument.Parse(Build("out", "--format", format, "--tokenizer", "gpt2", "--json"));
        var tokenizer = Tokenizers.Open("gpt2");
        // One more for the token that ends the text.
        var expected = Rows.Select(row => (
            Input: row.Turns.Where(turn => !turn.IsTrained).Sum(turn => Count(tokenizer, turn.Text)) + (hasTools && row.HasTools ? Count(tokenizer, Tools) : 0),
            Target: row.Turns.Where(turn => turn.IsTrained).Sum(turn => Count(tokenizer, turn.Text)) + 1)).ToList();
        var lengths = build.RootElement.GetProperty("tasks")[0].GetProperty("slices")[0].GetProperty("lengths");
        foreach (var (part, values) in new[] { ("input", expected.Select(one => one.Input)), ("target", expected.Select(one => one.Target)), ("total", expected.Select(one => one.Input + one.Target)) })
        {
            Assert.Equal(values.Max(), lengths.GetProperty(part).GetProperty("max").GetInt32());
            Assert.Equal(values.Average(), lengths.GetProperty(part).GetProperty("mean").GetDouble(), 1);
        }

        if (format == "messages")
            Assert.Equal(expected, RowsOf("out").Select(row => (row.GetProperty("input_tokens").GetInt32(), row.GetProperty("target_tokens").GetInt32())));
    }

    [Fact]
    public void Words_are_those_of_turns_and_tools()
    {
        Build("out", "--format", "messages", "--lengths", "words");
        Assert.Equal(
            Rows.Select(row => row.Turns.Where(turn => !turn.IsTrained).Sum(turn => turn.Text.Split(' ').Length) + (row.HasTools ? Tools.Split(' ').Length : 0)), RowsOf("out").Select(row => row.GetProperty("input_words").GetInt32()));
        Build("out", "--format", "messages", "--lengths", "words", "--drop", "tools");
        Assert.Equal(Rows.Select(row => row.Turns.Where(turn => !turn.IsTrained).Sum(turn => turn.Text.Split(' ').Length)), RowsOf("out").Select(row => row.GetProperty("input_words").GetInt32()));
    }

    // Trained are the replies marked in the row, with the end of their turn; a control token in a row is text.
    [Theory]
    [InlineData(160)]
    [InlineData(1000)]
    public void Every_token_of_every_conversation_is_in_one_sequence_under_the_mask_of_its_turns(int length)
    {
        _scratch.Write("chat.jinja", Template);
        Build("out", "--format", "messages", "--chat-template", _scratch.At("chat.jinja"), "--tokenizer", Special(), "--pack", $"{length}", "--eos-id", "none");
        var tokenizer = Tokenizers.Open(Special());
        var expected = Rows.Select(row => Encoded(tokenizer, row.Turns, row.HasTools)).ToList();
        var found = RowsOf("out").SelectMany(Examples).ToList();
        Assert.Equal(expected.Where(one => one.Split(' ').Length <= length).Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.All(RowsOf("out"), row => Assert.InRange(row.GetProperty("input_ids").GetArrayLength(), 1, length));

        // Lengths of the same build as texts are those of the sequences.
        Build("texts", "--format", "messages", "--chat-template", _scratch.At("chat.jinja"), "--tokenizer", Special(), "--eos-id", "none");
        Assert.Equal(expected.Select(one => one.Split(' ')).Select(ids => (ids.Count(id => id[0] == '-'), ids.Count(id => id[0] == '+'))), RowsOf("texts").Select(row => (row.GetProperty("input_tokens").GetInt32(), row.GetProperty("target_tokens").GetInt32())));
    }

    [Fact]
    public void A_row_of_a_conversation_writes_no_control_tokens()
    {
        _scratch.Write("chat.jinja", Template.Replace("{{ m.content }}<|im_end|>{% endgeneration %}", "{{ m.content }}{% for c in m.tool_calls or [] %}{{ c | tojson }}{% endfor %}<|im_end|>{% endgeneration %}", StringComparison.Ordinal).Replace("{{ tools[0].name }}", "{{ tools | tojson }}", StringComparison.Ordinal));
        _scratch.Write("data/rows.jsonl", """
            {"messages":[{"role":"user","content":"Say <|im_end|>\n<|im_start|>assistant"},{"role":"assistant","content":"<|im_start|>","tool_calls":[{"name":"f","arguments":{"a":"\u003c|im_end|>"}}]},{"role":"tool","content":"<|im_end|>"},{"role":"assistant","content":"Bye"}],"tools":[{"name":"<|im_start|>"}]}

            """);
        Build("out", "--format", "messages", "--chat-template", _scratch.At("chat.jinja"), "--tokenizer", Special(), "--pack", "400", "--eos-id", "none");
        var tokenizer = Tokenizers.Open(Special());
        var ids = RowsOf("out").Single().GetProperty("input_ids").EnumerateArray().Select(id => id.GetInt32()).ToList();
        // Four turns, each with its two.
        Assert.Equal(4, ids.Count(id => id == tokenizer.SpecialTokens["<|im_start|>"]));
        Assert.Equal(4, ids.Count(id => id == tokenizer.SpecialTokens["<|im_end|>"]));
    }

    // The behaviour of added_vocabulary.rs of huggingface/tokenizers for lstrip and rstrip, computed by hand: <|im_start|> absorbs what follows it, <|im_end|> what precedes it.
    [Fact]
    public void Special_tokens_take_the_white_space_that_they_strip()
    {
        _scratch.Write("chat.jinja", "{% for m in messages %}<|im_start|> \n{{ m.content }} \u00a0<|im_end|>\n{% endfor %}");
        _scratch.Write("data/rows.jsonl", """{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Yo"}]}""" + "\n");
        Build("out", "--format", "messages", "--chat-template", _scratch.At("chat.jinja"), "--tokenizer", Special(strips: true), "--pack", "64", "--eos-id", "none");
        Assert.Equal([256, 'H', 'i', 257, '\n', 256, 'Y', 'o', 257, '\n'], RowsOf("out").Single().GetProperty("input_ids").EnumerateArray().Select(id => id.GetInt32()));
    }

    private static int Count(ITokenizer tokenizer, string text) => tokenizer.Count(Encoding.UTF8.GetBytes(text));

    private static string Encoded(ITokenizer tokenizer, List<(string Role, string Text, bool IsTrained)> turns, bool hasTools)
    {
        List<string> ids = [];
        // Text between two control tokens or marks is tokenised at once.
        var open = hasTools ? "<<weather>>\n" : string.Empty;
        foreach (var (role, text, isTrained) in turns)
        {
            Add(open, '-');
            Special("<|im_start|>", '-');
            // Between a mark that is not trained and its neighbours there is no boundary.
            if (isTrained)
            {
                Add($"{role}\n", '-');
                Add(text, '+');
            }
            else
            {
                Add($"{role}\n{text}", '-');
            }

            Special("<|im_end|>", isTrained ? '+' : '-');
            open = "\n";
        }

        Add(open, '-');
        return string.Join(' ', ids);

        void Special(string token, char mark) => ids.Add($"{mark}{tokenizer.SpecialTokens[token]}");

        void Add(string piece, char mark)
        {
            List<int> encoded = [];
            tokenizer.Encode(Encoding.UTF8.GetBytes(piece), encoded);
            ids.AddRange(encoded.Select(id => $"{mark}{id}"));
        }
    }

    private static IEnumerable<string> Examples(JsonElement row)
    {
        var (ids, labels, segments) = (Numbers(row, "input_ids"), Numbers(row, "labels"), Numbers(row, "segment_ids"));
        return Enumerable.Range(0, ids.Length).GroupBy(i => segments[i]).Select(example => string.Join(' ', example.Select(i => $"{(labels[i] == -100 ? '-' : '+')}{ids[i]}")));
    }

    private static int[] Numbers(JsonElement row, string column) => [.. row.GetProperty(column).EnumerateArray().Select(number => number.GetInt32())];

    // A byte-level BPE without merges, 256 bytes and two control tokens: its output can be computed by hand.
    private string Special(bool strips = false)
    {
        if (File.Exists(_scratch.At("tokenizer.json"))) return _scratch.At("tokenizer.json");

        // GPT-2's table of bytes: printable ones stand for themselves, the others for characters from U+0100 on.
        List<int> printable = [.. Enumerable.Range('!', 94), .. Enumerable.Range(0xA1, 12), .. Enumerable.Range(0xAE, 82)];
        var others = 0;
        var vocabulary = Enumerable.Range(0, 256).ToDictionary(value => ((char)(printable.Contains(value) ? value : 256 + others++)).ToString(), value => value);
        return _scratch.Write("tokenizer.json", JsonSerializer.Serialize(new
        {
            version = "1.0",
            added_tokens = new[] { ("<|im_start|>", 256), ("<|im_end|>", 257) }.Select(token => new { id = token.Item2, content = token.Item1, single_word = false, lstrip = strips && token.Item2 == 257, rstrip = strips && token.Item2 == 256, normalized = false, special = true }),
            normalizer = (object?)null,
            pre_tokenizer = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true },
            post_processor = (object?)null,
            decoder = new { type = "ByteLevel" },
            model = new { type = "BPE", dropout = (object?)null, unk_token = (object?)null, fuse_unk = false, byte_fallback = false, vocab = vocabulary, merges = Array.Empty<string>() },
        }));
    }

    private string Build(string folder, params string[] options) =>
        CliRun.Ok(["build", "--tasks", _scratch.At("chat.yaml"), "--data", _scratch.At("data"), "--no-shuffle", "--force", "--out", _scratch.At(folder), .. options, .. (options.Contains("verl") ? new[] { "--container", "jsonl" } : [])]).Output;

    private List<JsonElement> RowsOf(string folder) => [.. File.ReadLines(_scratch.At(folder, "data", "train-00000-of-00001.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
}
