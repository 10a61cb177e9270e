using System.Text.Json;
using System.Text.Json.Nodes;
using InstructKit.Formats;
using InstructKit.Tests.Cli;
using InstructKit.Tests.Parquet;
using Xunit;

namespace InstructKit.Tests.Formats;

/// <summary>Conversations in every format, with every mapping of turns and reasoning, compared with what Golden/conversations/expected.py computes without the tool.</summary>
public sealed class ConversationTests : IDisposable
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Golden", "conversations");

    private readonly ScratchFolder _scratch = new();

    public static TheoryData<string, string> Names =>
    [
        .. ExampleFormats.All.Select(format => (format.Name, string.Empty)),
        ("messages-inline", "--reasoning inline"),
        ("messages-thinking", "--reasoning thinking"),
        ("messages-drop", "--reasoning drop"),
        ("messages-history-drop", "--reasoning-history drop"),
        ("messages-history-unroll", "--reasoning-history unroll --turn-marks train"),
        ("messages-train", "--turn-marks train"),
        ("messages-weight", "--turn-marks weight"),
        ("messages-loss_mask", "--turn-marks loss_mask"),
        ("messages-loss_weight", "--turn-marks loss_weight"),
        ("messages-all", "--train-turns all"),
        ("messages-last", "--train-turns last --turn-marks loss_mask"),
    ];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_conversation_is_what_was_worked_out_by_hand(string name, string options)
    {
        var format = options.Length == 0 ? name : "messages";
        Build(format, options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var file = Directory.GetFiles(_scratch.At("out", "data")).Single();
        var expected = File.ReadAllLines(Path.Combine(Golden, $"{name}.train"));
        if (format == "tfrecord") Assert.Equal(expected.Select(Same), TfRecordFile.ReadAsJson(file).Select(Same).Select(line => line.Split(",\"stars\"")[0].TrimEnd('}') + "}"));
        else Assert.Equal(expected, File.ReadAllLines(file));

        // What a format does not store is counted by name.
        var lost = JsonNode.Parse(File.ReadAllText(Path.Combine(Golden, $"{name}.lost")))!.AsObject();
        Assert.Equal(lost.Select(one => $"{format}: {one.Key} {one.Value}").Order(StringComparer.Ordinal), Slice().GetProperty("lost").EnumerateObject().Select(one => $"{one.Name} {one.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(1, Slice().GetProperty("dropped").GetProperty("no_reply").GetInt32());

        static string Same(string line) => JsonNode.Parse(line)!.ToJsonString();
    }

    [Theory]
    [InlineData("messages", "trl-sft")]
    [InlineData("messages", "axolotl-chat")]
    [InlineData("axolotl", "axolotl-chat")]
    [InlineData("sharegpt", "hf-datasets")]
    [InlineData("rlvr", "rlvr")]
    [InlineData("nemo-gym", "nemo-gym")]
    [InlineData("nemo", "nemo")]
    [InlineData("flan", "flan")]
    [InlineData("t5-tsv", "t5-tsv")]
    [InlineData("prompt-completion", "trl-sft")]
    public void Consumers_take_what_is_written(string format, string target)
    {
        Build(format);
        var run = CliRun.Of("validate", _scratch.At("out", "data"), "--target", target);
        Assert.True(run.Error.Contains(" 0 errors", StringComparison.Ordinal), run.Error);
    }

    [Fact]
    public void A_system_text_of_the_plan_gives_way_to_that_of_the_conversation()
    {
        Build("messages", "--system", "Answer shortly.");
        List<string> first = [.. Rows().Select(row => row["messages"]![0]!["content"]!.ToString())];
        Build("alpaca", "--system", "Answer shortly.");
        List<JsonNode> rows = [.. Rows()];

        Assert.Contains("Answer shortly.", first);
        Assert.Contains(first, text => text != "Answer shortly.");
        Assert.Equal(first.Select(text => text == "Answer shortly." ? text : string.Empty), rows.Select(row => row["system"]!.ToString()));
        Assert.All(rows.Zip(first).Where(pair => pair.Second != "Answer shortly."), pair => Assert.StartsWith(pair.Second, pair.First["instruction"]!.ToString(), StringComparison.Ordinal));

        IEnumerable<JsonNode> Rows() => File.ReadLines(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).Select(line => JsonNode.Parse(line)!);
    }

    // As Python's json.dumps writes them unless told otherwise.
    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    public void Escapes_of_any_kind_are_the_characters_that_they_mean(string format)
    {
        const string Row = """[{"role":"user","content":"caf\u00e9 \u2713 \ud83d\ude00 \/ \u0041\u000b\n"},{"role":"assistant","content":"\u4f60\u597d","tool_calls":[{"function":{"name":"f\u00e9","arguments":"{\"x\":\"\u00e9\"}"}}]}]""";
        _scratch.Write("data/rows.csv", $"messages\n\"{Row.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n");
        _scratch.Write("data/rows.jsonl", $"{{\"messages\":{Row}}}\n");
        _scratch.Write("chat.yaml", $$"""
            task: chat
            title: Chats
            columns: { messages: any }
            conversation: { messages: messages, has: [tool_calls] }
            layouts:
              - { name: files, format: {{format}}, files: { train: "*.{{format}}" } }
            splits: { train: train }
            """);
        foreach (var shape in (string[])["messages", "pair", "llama-factory"])
        {
            CliRun.Ok("build", "--tasks", _scratch.At("chat.yaml"), "--data", _scratch.At("data"), "--format", shape, "--container", "jsonl", "--force", "--out", _scratch.At("out"));
            var line = JsonNode.Parse(File.ReadAllLines(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).Single())!;
            var (asked, said, call) = shape switch
            {
                "pair" => (line["input"]!, line["target"]!, line["target"]!),
                "messages" => (line["messages"]![0]!["content"]!, line["messages"]![1]!["content"]!, line["messages"]![1]!["tool_calls"]!),
                _ => (line["messages"]![0]!["content"]!, line["messages"]![1]!["content"]!, line["messages"]![1]!["content"]!),
            };
            Assert.Equal("caf\u00e9 \u2713 \U0001F600 / A\v\n", asked.ToString());
            if (shape != "llama-factory") Assert.StartsWith("\u4f60\u597d", said.ToString(), StringComparison.Ordinal);
            if (shape == "llama-factory") Assert.Equal("é", JsonNode.Parse(call.ToString())!["arguments"]!["x"]!.ToString());
        }
    }

    [Fact]
    public void Half_a_surrogate_pair_in_JSON_that_is_a_text_is_refused()
    {
        _scratch.Write("data/rows.csv", "messages\n\"[{\"\"role\"\":\"\"user\"\",\"\"content\"\":\"\"a \\ud83d b\"\"},{\"\"role\"\":\"\"assistant\"\",\"\"content\"\":\"\"c\"\"}]\"\n");
        _scratch.Write("chat.yaml", """
            task: chat
            title: Chats
            columns: { messages: any }
            conversation: messages
            layouts:
              - { name: files, format: csv, files: { train: "*.csv" } }
            splits: { train: train }
            """);
        var run = CliRun.Of("build", "--tasks", _scratch.At("chat.yaml"), "--data", _scratch.At("data"), "--format", "messages", "--out", _scratch.At("out"));
        Assert.Equal(65, run.Code);
        Assert.Contains("'messages' has the lone surrogate \\ud83d, which is not a character", run.Error, StringComparison.Ordinal);
    }

    // Calls, tools and parts are JSON documents in a table: a struct would be padded with nulls.
    [Fact]
    public void Parquet_and_card_hold_calls_as_JSON()
    {
        Build("messages", "--container", "parquet");
        var rows = RowsAsJson.Read(_scratch.At("out", "data", "train-00000-of-00001.parquet")).Select(row => JsonNode.Parse(row)!).ToList();
        foreach (var (row, expected) in rows.Zip(File.ReadAllLines(Path.Combine(Golden, "messages.train")).Select(line => JsonNode.Parse(line)!)))
            Assert.True(JsonNode.DeepEquals(expected["messages"], row["messages"]), row.ToJsonString());

        Assert.Contains("{name: tool_calls, dtype: json}", File.ReadAllText(_scratch.At("out", "README.md")), StringComparison.Ordinal);
        Assert.Contains("- {name: tools, dtype: json}", File.ReadAllText(_scratch.At("out", "README.md")), StringComparison.Ordinal);
        Assert.Contains(" 0 errors", CliRun.Of("validate", _scratch.At("out", "data"), "--target", "trl-sft").Error, StringComparison.Ordinal);

        // The bytes of a record as a JSON line decide where shards end, whatever the container.
        Build("messages", "--container", "jsonl", "--shard-size", "2000");
        var lines = Directory.GetFiles(_scratch.At("out", "data")).Order(StringComparer.Ordinal).Select(path => File.ReadLines(path).Count()).ToList();
        Build("messages", "--container", "parquet", "--shard-size", "2000");
        Assert.Equal(lines, Directory.GetFiles(_scratch.At("out", "data")).Order(StringComparer.Ordinal).Select(path => RowsAsJson.Read(path).Count));
    }

    [Fact]
    public void What_was_written_is_read_again_as_the_same_conversations()
    {
        Build("messages", "--container", "parquet");
        _scratch.Write("again.yaml", """
            task: again
            title: Once more
            columns: { messages: list, tools: "any?", images: "any?" }
            conversation: { messages: messages, tools: tools, images: images, has: [reasoning, tool_calls, names, parts] }
            layouts:
              - { name: files, format: parquet, files: { train: "*.parquet" } }
            splits: { train: train }
            """);
        CliRun.Ok("build", "--tasks", _scratch.At("again.yaml"), "--data", _scratch.At("out", "data"), "--format", "messages", "--no-shuffle", "--columns", "messages", "--out", _scratch.At("again"));
        var expected = File.ReadAllLines(Path.Combine(Golden, "messages.train")).Select(line => JsonNode.Parse(line)!["messages"]!.ToJsonString());
        Assert.Equal(expected, File.ReadAllLines(_scratch.At("again", "data", "train-00000-of-00001.jsonl")).Select(line => JsonNode.Parse(line)!["messages"]!.ToJsonString()));
    }

    [Fact]
    public void A_chat_template_sees_the_turns_and_marks_the_trained_ones()
    {
        _scratch.Write("chat.jinja", """
            {% if tools %}{{ tools[0] | tojson }}|{% endif %}{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' %}{% generation %}{{ m.reasoning_content or '' }}{{ m.content }}{% for c in m.tool_calls or [] %}{{ (c.function or c).arguments.keys() | list | first }}{% endfor %}{% endgeneration %}{% else %}{{ m.content if m.content is string else 'PARTS' }}{% endif %}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}
            """);
        foreach (var marked in (bool[])[true, false])
        {
            if (!marked) _scratch.Write("chat.jinja", File.ReadAllText(_scratch.At("chat.jinja")).Replace("{% generation %}", string.Empty, StringComparison.Ordinal).Replace("{% endgeneration %}", string.Empty, StringComparison.Ordinal));
            Build("text", "--chat-template", _scratch.At("chat.jinja"));
            var rows = File.ReadLines(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
            Assert.StartsWith("{\"type\": \"function\", \"function\"", rows[0]["text"]!.GetValue<string>(), StringComparison.Ordinal);
            Assert.Equal(["A tool\nhelps.city", "It is sun.Sunny.", "hmBye 😀"], Trained(rows[0]));
            Assert.Equal("<user>PARTS<assistant>A cat.", rows[3]["text"]!.GetValue<string>());
            // Only the second reply of row 6; arguments given as a text are an object in the template.
            Assert.Equal(["e"], Trained(rows[5]));
            Assert.Equal(["I look.citya", "Rain, 3."], Trained(rows[6]));
        }
    }

    [Fact]
    public void Axolotl_and_LLaMA_Factory_are_told_of_marks_tools_and_tags()
    {
        Build("axolotl", "--also", "llama-factory");
        var yaml = File.ReadAllText(_scratch.At("out", "snippets", "axolotl.yaml"));
        Assert.Contains("    message_field_training: train\n    field_tools: tools\n", yaml, StringComparison.Ordinal);
        var info = JsonNode.Parse(File.ReadAllText(_scratch.At("out", "dataset_info.json")))!["instructkit_train"]!;
        Assert.Equal("""{"messages":"messages","tools":"tools","images":"images"}""", info["columns"]!.ToJsonString());
        Assert.Equal("observation", info["tags"]!["observation_tag"]!.GetValue<string>());
        Assert.Equal("function_call", info["tags"]!["function_tag"]!.GetValue<string>());
    }

    // If a task with templates is in the same build, its turns have the same fields.
    [Fact]
    public void Templates_and_conversations_share_one_schema()
    {
        CliRun.Ok(
            "build", "--tasks", Path.Combine(Golden, "tasks"), "--tasks", Path.Combine(Golden, "..", "formats", "tasks", "mood.yaml"), "--data", Path.Combine(Golden, "data"), "--data", Path.Combine(Golden, "..", "formats", "data"),
            "--format", "messages", "--turn-marks", "loss_mask", "--no-shuffle", "--few-shot", "1", "--out", _scratch.At("out"));
        var rows = File.ReadLines(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        Assert.Single(rows.Select(row => string.Join(',', row.Select(member => member.Key))).Distinct());
        Assert.Single(rows.SelectMany(row => row["messages"]!.AsArray()).Select(turn => string.Join(',', turn!.AsObject().Select(member => member.Key))).Distinct());
        // Exemplars are not trained on.
        var shot = rows.First(row => row["task"]!.GetValue<string>() == "mood" && row["messages"]!.AsArray().Count == 4);
        Assert.Equal("0001", string.Concat(shot["messages"]!.AsArray().Select(turn => turn!["loss_mask"]!.GetValue<int>())));
        // Calls and parts differ between rows; the card says that they are JSON.
        CliRun.Ok("validate", _scratch.At("out"), "--target", "hf-datasets");
    }

    [Theory]
    [InlineData("""[{"role":"user","content":"a"},{"role":"critic","content":"b"}]""", "messages[1] has the role 'critic'")]
    [InlineData("""[{"role":"user","content":"a"},{"role":"assistant","content":"b","tool_calls":[{"name":"f"}]}]""", "messages[1] has calls of tools, which the task does not say: add 'tool_calls'")]
    [InlineData("""[{"role":"user","content":"a"},{"role":"assistant","content":"b","reasoning":"c"}]""", "add 'reasoning'")]
    [InlineData("""[{"role":"user","content":[{"type":"image","image":"x"}]},{"role":"assistant","content":"b"}]""", "add 'parts'")]
    [InlineData("""[{"role":"user","content":3},{"role":"assistant","content":"b"}]""", "the content of messages[0] is a number")]
    [InlineData("""[{"content":"a"}]""", "messages[0] has no role")]
    [InlineData("""["a"]""", "messages[0] is a text, expected a message")]
    [InlineData("""{"role":"user"}""", "'messages' is an object, expected a list of messages")]
    [InlineData("\"[{\\\"role\\\"\"", "'messages' is not JSON")]
    public void A_row_that_is_no_conversation_is_a_bad_row(string messages, string message)
    {
        _scratch.Write("data/rows.jsonl", $"{{\"messages\":{messages}}}\n{{\"messages\":[{{\"role\":\"user\",\"content\":\"a\"}},{{\"role\":\"assistant\",\"content\":\"b\"}}]}}\n");
        _scratch.Write("chat.yaml", Task("conversation: messages"));
        string[] build = ["build", "--tasks", _scratch.At("chat.yaml"), "--data", _scratch.At("data"), "--format", "messages", "--force", "--out", _scratch.At("out")];
        var run = CliRun.Of(build);
        Assert.Equal(65, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal(1, CliRun.Of([.. build, "--on-bad-row", "skip"]).Code);
        Assert.Single(File.ReadAllLines(_scratch.At("out", "data", "train-00000-of-00001.jsonl")));
    }

    [Theory]
    [InlineData("conversation: mesages", "IK2011", "Did you mean 'messages'?")]
    [InlineData("conversation: { messages: messages, has: [thoughts] }", "IK2006", "thoughts")]
    [InlineData("conversation: { messages: messages, roles: { bot: robot } }", "IK2006", "robot")]
    [InlineData("conversation: { tools: messages }", "IK2003", "messages")]
    [InlineData("conversation: messages\ntemplates:\n  - { id: a, input: x, target: y, kind: unconditional }", "IK2023", "without 'templates'")]
    public void A_task_file_that_is_wrong_is_refused_at_its_place(string keys, string code, string part)
    {
        _scratch.Write("chat.yaml", Task(keys));
        var run = CliRun.Of("lint", _scratch.At("chat.yaml"));
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai", "--turn-marks", "train", "Turns of 'openai' have no 'train'")]
    [InlineData("llama-factory", "--turn-marks", "train", "Formats that have: messages, sharegpt, axolotl")]
    [InlineData("openai", "--reasoning", "thinking", "'openai' has no key for reasoning")]
    public void A_mapping_that_a_format_does_not_have_is_refused(string format, string option, string value, string message)
    {
        var run = CliRun.Of([.. Arguments(format), option, value]);
        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Held_out_conversations_are_asked_for_their_last_reply_and_never_trained_on()
    {
        _scratch.Write("data/a.jsonl", string.Concat(Enumerable.Range(0, 30).Select(i => $"{{\"messages\":[{{\"role\":\"user\",\"content\":\"question {i} of many\"}},{{\"role\":\"assistant\",\"content\":\"answer {i}\"}}]}}\n")));
        _scratch.Write("data/b.jsonl", string.Concat(Enumerable.Range(29, 20).Select(i => $"{{\"messages\":[{{\"role\":\"user\",\"content\":\"question {i} of many\"}},{{\"role\":\"assistant\",\"content\":\"answer {i}\"}}]}}\n")));
        foreach (var name in (string[])["a", "b"])
            _scratch.Write($"{name}.yaml", Task("conversation: messages\nmetrics: [ exact_match ]").Replace("task: chat", $"task: {name}", StringComparison.Ordinal).Replace("rows.jsonl", $"{name}.jsonl", StringComparison.Ordinal).Replace("splits: { train: train }", name == "b" ? "splits: { test: train }" : "splits: { train: train }", StringComparison.Ordinal));
        var run = CliRun.Ok("build", "--tasks", $"{_scratch.At("a.yaml")},{_scratch.At("b.yaml")}", "--hold-out", "b", "--data", _scratch.At("data"), "--format", "messages", "--on-leak", "drop", "--out", _scratch.At("out"));
        Assert.Equal(29, File.ReadLines(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).Count());
        Assert.Contains("a: 1 row also in the held-out b", run.Error, StringComparison.Ordinal);
        var held = JsonNode.Parse(File.ReadLines(_scratch.At("out", "data", "held_out-00000-of-00001.jsonl")).First())!;
        Assert.Equal(held["messages"]![1]!["content"]!.GetValue<string>(), held["answers"]![0]!.GetValue<string>());
        var set = Directory.GetFiles(_scratch.At("out", "eval"), "*.jsonl", SearchOption.AllDirectories).First(path => File.ReadAllText(path).Contains("question", StringComparison.Ordinal));
        Assert.Contains("\"target\":\"answer ", File.ReadLines(set).First(), StringComparison.Ordinal);
    }

    private static string Task(string keys) => $$"""
        task: chat
        title: Chats
        columns: { messages: any }
        layouts:
          - { name: lines, format: jsonl, files: { train: rows.jsonl } }
        splits: { train: train }
        {{keys}}

        """.ReplaceLineEndings("\n");

    private static IEnumerable<string> Trained(JsonNode row)
    {
        // In code points, as in Python: an emoji is one.
        var characters = row["text"]!.GetValue<string>().EnumerateRunes().ToList();
        return row["trained"]!.AsArray().Select(span => string.Concat(characters[span!["start"]!.GetValue<int>()..span["end"]!.GetValue<int>()]));
    }

    private JsonElement Slice()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(_scratch.At("out", ".instructkit", "manifest.json")));
        return manifest.RootElement.GetProperty("tasks")[0].GetProperty("slices")[0].Clone();
    }

    private string[] Arguments(string format) =>
    [
        "build", "--tasks", Path.Combine(Golden, "tasks"), "--data", Path.Combine(Golden, "data"), "--no-shuffle", "--force", "--format", format, "--out", _scratch.At("out"),
    ];

    private void Build(string format, params string[] options)
    {
        // verl's default is Parquet.
        string[] container = format == "verl" ? ["--container", "jsonl"] : [];
        CliRun.Ok([.. Arguments(format), .. container, .. options]);
    }
}
