using System.Text.Json;
using InstructKit.Formats;
using InstructKit.Tests.Cli;
using Xunit;

namespace InstructKit.Tests.Formats;

/// <summary>Every format with everything that a conversation can have: what a format cannot store is counted under the name given here, and what is not
/// counted is in its files. What a format stores follows from its readers (facts of formats, sections 1 to 7), not from the tool.</summary>
public sealed class ConversationLossTests : IDisposable
{
    private const string Flat = "pair flan prompt-completion text alpaca nemo t5-tsv tfrecord ";
    private const string Verified = "verl rlvr nemo-gym ";
    private const string Alternating = "sharegpt llama-factory ";
    private const string Rendered = "text-rendered ";
    private const string All = Flat + Verified + Alternating + Rendered + "messages axolotl openai ";

    private const string Ask = """{"role":"user","content":"Hi"},""";
    private const string Reply = """,{"role":"assistant","content":"Bye"}""";
    private const string Calls = """{"role":"assistant","content":"","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":{"a":1}}}]}""";

    // What a row has, its messages, its further columns, a text that shows that it is there, and for each kind of loss the formats that count it.
    private static readonly (string Name, string Messages, string More, string Needle, (string Loss, string Formats)[] Lost)[] Features =
    [
        ("plain", Ask + """{"role":"assistant","content":"QZ00"}""", "", "QZ00", []),
        ("user_name", """{"role":"user","content":"Hi","name":"QZ01"}""" + Reply, "", "QZ01", [("names", Flat + Verified + Alternating)]),
        ("reasoning", Ask + """{"role":"assistant","content":"Bye","reasoning_content":"QZ02"}""", "", "QZ02", [("reasoning", Verified)]),
        ("reasoning_parts", Ask + """{"role":"assistant","content":[{"type":"thinking","thinking":"QZ03"},{"type":"thinking","thinking":"more"},{"type":"text","text":"Bye"}]}""", "", "QZ03", [("reasoning", Verified)]),
        ("call", Ask + """{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"f","arguments":{"a":"QZ04"}}}]},{"role":"tool","content":"1"}""" + Reply, "", "QZ04", [("tool_calls", Flat + Verified), ("earlier_replies", Flat + Verified)]),
        ("call_parts", Ask + """{"role":"assistant","content":[{"type":"tool_call","value":"{\"name\":\"f\",\"arguments\":{\"a\":\"QZ05\"}}"},{"type":"tool_call","value":"[{\"name\":\"g\"}]"}]},{"role":"tool","content":"1"}""" + Reply, "", "QZ05", [("tool_calls", Flat + Verified), ("earlier_replies", Flat + Verified)]),
        ("call_text", Ask + """{"role":"assistant","tool_calls":"[{\"name\":\"f\",\n \"arguments\":{\"a\":\"QZ06\"}}]"},{"role":"tool","content":"1"}""" + Reply, "", "QZ06", [("tool_calls", Flat + Verified), ("earlier_replies", Flat + Verified)]),
        ("one_call", Ask + """{"role":"assistant","tool_calls":{"name":"f","arguments":{"a":"QZ07"}}},{"role":"tool","content":"1"}""" + Reply, "", "QZ07", [("tool_calls", Flat + Verified), ("earlier_replies", Flat + Verified)]),
        ("call_id", Ask + """{"role":"assistant","tool_calls":[{"id":"QZ08","type":"function","function":{"name":"f","arguments":{}}}]},{"role":"tool","content":"1"}""" + Reply, "", "QZ08", [("tool_calls", Flat + Verified), ("earlier_replies", Flat + Verified), ("call_ids", Alternating)]),
        ("result_id", Ask + Calls + """,{"role":"tool","content":"1","tool_call_id":"QZ09"}""" + Reply, "", "QZ09", [("tool_calls", Flat + Verified), ("earlier_replies", Flat + Verified), ("call_ids", Flat + Verified + Alternating)]),
        ("result_name", Ask + Calls + """,{"role":"tool","content":"1","name":"QZ10"}""" + Reply, "", "QZ10", [("tool_calls", Flat + Verified), ("earlier_replies", Flat + Verified), ("call_ids", Flat + Verified + Alternating)]),
        ("call_key", Ask + """{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"f","arguments":{},"strict":"QZ11"}}]},{"role":"tool","content":"1"}""" + Reply, "", "QZ11", [("tool_calls", Flat + Verified), ("earlier_replies", Flat + Verified), ("other_keys", Alternating + "openai ")]),
        ("text_and_call", Ask + Calls.Replace("\"content\":\"\"", "\"content\":\"QZ12\"", StringComparison.Ordinal) + """,{"role":"tool","content":"1"}""" + Reply, "", "QZ12", [("tool_calls", Flat + Verified), ("earlier_replies", Flat + Verified), ("text_beside_calls", Alternating), ("call_ids", Alternating)]),
        ("thought_and_call", Ask + Calls.Replace("\"content\":\"\"", "\"reasoning\":\"QZ13\"", StringComparison.Ordinal) + """,{"role":"tool","content":"1"}""" + Reply, "", "QZ13", [("tool_calls", Flat + Verified), ("earlier_replies", Flat + Verified), ("text_beside_calls", Alternating), ("call_ids", Alternating)]),
        ("tools", Ask + """{"role":"assistant","content":"Bye"}""", ""","tools":[{"name":"QZ14"}]""", "QZ14", [("tools", Flat + Verified)]),
        ("images", Ask + """{"role":"assistant","content":"Bye"}""", ""","images":["QZ15.png"]""", "QZ15", [("media", Flat + Verified + Rendered + "openai ")]),
        ("image_part", """{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"image_url","image_url":{"url":"QZ16"}}]}""" + Reply, "", "QZ16", [("media", Flat + Verified + Alternating)]),
        ("part_in_joined_result", Ask + Calls + """,{"role":"tool","content":"1"},{"role":"tool","content":[{"type":"image","image":"QZ17"}]}""" + Reply, "", "QZ17",
            [("media", Flat + Verified + Alternating), ("tool_calls", Flat + Verified), ("earlier_replies", Flat + Verified), ("joined_results", Alternating), ("call_ids", Alternating)]),
        ("thought_beside_image", Ask + """{"role":"assistant","content":[{"type":"image","image":"a"},{"type":"text","text":"Bye"},{"type":"thinking","thinking":"QZ18"}]}""", "", "QZ18", [("media", Flat + Verified + Alternating), ("reasoning", Verified + "openai ")]),
        ("part_marks", Ask + """{"role":"assistant","content":[{"type":"text","text":"QZ19","train":false},{"type":"text","text":" Bye","weight":1}]}""", "", """{"type":"text","text":"QZ19","train":false}""", [("fine_marks", Flat + Verified + Alternating + Rendered + "openai ")]),
        ("part_marks_undeclared", Ask + """{"role":"assistant","content":[{"type":"text","text":"Well","train":false},{"type":"text","text":" Bye","train":true}]}""", "", "", [("fine_marks", All)]),
        ("part_marks_alike", Ask + """{"role":"assistant","content":[{"type":"text","text":"QZ21","weight":1},{"type":"text","text":" Bye","train":true}]}""", "", "QZ21", []),
        ("train_detail", Ask + """{"role":"assistant","content":"Bye","train_detail":[{"begin_offset":0,"end_offset":1,"train":false}]}""", "", "", [("fine_marks", All)]),
        ("half_weight", Ask + """{"role":"assistant","content":"Bye","weight":0.5}""", "", "", [("fine_marks", All)]),
        ("trained_question", """{"role":"user","content":"Hi","train":true}""" + Reply, "", "", [("fine_marks", All)]),
        ("untrained_reply", Ask + """{"role":"assistant","content":"QZ25","train":false},{"role":"user","content":"And?"}""" + Reply, "", "QZ25", [("turn_marks", Alternating + "messages ")]),
        ("untrained_last_reply", Ask + """{"role":"assistant","content":"QZ26"},{"role":"user","content":"And?"},{"role":"assistant","content":"Bye","loss_mask":0}""", "", "QZ26",
            [("earlier_replies", Flat + Verified), ("turn_marks", Flat + Alternating + "messages ")]),
        ("trained_replies", Ask + """{"role":"assistant","content":"QZ27"},{"role":"user","content":"And?"}""" + Reply, "", "QZ27", [("earlier_replies", Flat + Verified)]),
        ("trailing_turn", Ask + """{"role":"assistant","content":"Bye"},{"role":"user","content":"Wait"}""", "", "", [("trailing_turns", All)]),
        ("unknown_key", """{"role":"user","content":"Hi","date":"1999"}""" + Reply, "", "", [("other_keys", All)]),
        ("key_twice", """{"role":"user","content":"Hi","value":"Ho"}""" + Reply, "", "", [("other_keys", All)]),
        ("key_of_part", """{"role":"user","content":[{"type":"text","text":"Hi","cache_control":{"type":"ephemeral"}}]}""" + Reply, "", "", [("other_keys", All)]),
        ("number_as_name", """{"role":"user","content":"Hi","name":7}""" + Reply, "", "", [("other_keys", All)]),
        ("two_system_texts", """{"role":"system","content":"Be kind."},""" + Ask + """{"role":"assistant","content":"Bye"}""", ""","system":"Be brief." """, "", [("system", All)]),
        ("system_column", Ask + """{"role":"assistant","content":"Bye"}""", ""","system":"QZ34" """, "QZ34", []),
        ("late_system_turn", Ask + """{"role":"system","content":"QZ35"},{"role":"user","content":"And?"}""" + Reply, "", "QZ35", [("not_alternating", Alternating)]),
        ("empty_question", """{"role":"user","content":""},{"role":"assistant","content":"QZ36"},{"role":"user","content":"And?"}""" + Reply, "", "QZ36", [("earlier_replies", Flat + Verified)]),
    ];

    private readonly ScratchFolder _scratch = new();

    public static TheoryData<string> Formats => [.. ExampleFormats.All.Select(format => format.Name), "text-rendered"];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public void What_a_format_does_not_hold_is_counted_and_the_rest_is_there(string format)
    {
        foreach (var (name, messages, more, _, _) in Features)
        {
            _scratch.Write($"data/{name}.jsonl", $"{{\"messages\":[{messages}]{more}}}\n");
            _scratch.Write($"tasks/{name}.yaml", $$"""
                task: {{name}}
                title: Conversations
                columns: { messages: any, tools: "any?", images: "list?", system: "string?" }
                conversation: { messages: messages, tools: tools, images: images, system: system, has: [ reasoning, tool_calls, names{{(name.EndsWith("undeclared", StringComparison.Ordinal) ? "" : ", parts")}} ] }
                layouts:
                  - { name: lines, format: jsonl, files: { train: "{{name}}.jsonl" } }
                splits: { train: train }
                metrics: [ exact_match ]
                """);
        }

        _scratch.Write("chat.jinja", "{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}{{ m | tojson }}{% endgeneration %}{% else %}{{ m | tojson }}{% endif %}{% endfor %}{{ tools | tojson }}");
        string[] options = format switch
        {
            "verl" => ["--format", "verl", "--container", "jsonl"],
            "text-rendered" => ["--format", "text", "--chat-template", _scratch.At("chat.jinja")],
            _ => ["--format", format],
        };
        CliRun.Ok(["build", "--tasks", _scratch.At("tasks"), "--data", _scratch.At("data"), "--no-shuffle", "--out", _scratch.At("out"), .. options]);
        var written = Encoding.UTF8.GetString(File.ReadAllBytes(Directory.GetFiles(_scratch.At("out", "data")).Single()));
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(_scratch.At("out", ".instructkit", "manifest.json")));
        var counted = manifest.RootElement.GetProperty("tasks").EnumerateArray().ToDictionary(
            task => task.GetProperty("task").GetString()!, task => task.GetProperty("slices")[0].TryGetProperty("lost", out var lost) ? lost.EnumerateObject().Select(one => one.Name.Split(": ")[1]).Order(StringComparer.Ordinal).ToList() : []);
        Assert.Equal(Features.Length, counted.Count);
        foreach (var (name, _, _, needle, lost) in Features)
        {
            var expected = lost.Where(one => one.Formats.Split(' ').Contains(format)).Select(one => one.Loss).Order(StringComparer.Ordinal).ToList();
            Assert.True(expected.SequenceEqual(counted[name]), $"{name}: expected [{string.Join(", ", expected)}], counted [{string.Join(", ", counted[name])}]");
            if (expected.Count == 0) Assert.True(needle.Length > 0 && written.Contains(format == "text-rendered" ? needle.Replace("\"", "\\\"", StringComparison.Ordinal) : needle, StringComparison.Ordinal), $"{name} is neither there nor counted");
        }
    }

    [Theory]
    [InlineData("""{"role":"assistant","content":"a","tool_calls":"look it up"}""", "the tool_calls of messages[1] are a text that is not JSON of calls")]
    [InlineData("""{"role":"assistant","content":[{"type":"tool_call","value":"look it up"}]}""", "a call of messages[1] is not JSON of a call")]
    public void A_call_that_is_not_one_is_a_bad_row(string reply, string message)
    {
        _scratch.Write("data/rows.jsonl", $"{{\"messages\":[{Ask}{reply}]}}\n");
        _scratch.Write("chat.yaml", """
            task: chat
            title: Chats
            columns: { messages: any }
            conversation: { messages: messages, has: [ tool_calls ] }
            layouts:
              - { name: lines, format: jsonl, files: { train: rows.jsonl } }
            splits: { train: train }
            """);
        var run = CliRun.Of("build", "--tasks", _scratch.At("chat.yaml"), "--data", _scratch.At("data"), "--format", "messages", "--out", _scratch.At("out"));
        Assert.Equal(65, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    // Losses of an unrolled conversation after its last trained reply, and of packed sequences.
    [Fact]
    public void Unrolled_and_packed_conversations_count_too()
    {
        _scratch.Write("data/rows.jsonl", $"{{\"messages\":[{Ask}{{\"role\":\"assistant\",\"content\":\"a\"}},{{\"role\":\"user\",\"content\":\"b\"}},{{\"role\":\"assistant\",\"content\":\"c\",\"train\":false}}]}}\n");
        _scratch.Write("chat.yaml", """
            task: chat
            title: Chats
            columns: { messages: any }
            conversation: messages
            layouts:
              - { name: lines, format: jsonl, files: { train: rows.jsonl } }
            splits: { train: train }
            """);
        string[] build = ["build", "--tasks", _scratch.At("chat.yaml"), "--data", _scratch.At("data"), "--force", "--out", _scratch.At("out")];
        Assert.Contains("turns after the model's last one", CliRun.Ok([.. build, "--format", "messages", "--reasoning-history", "unroll"]).Error, StringComparison.Ordinal);
        var packed = CliRun.Ok([.. build, "--format", "prompt-completion", "--tokenizer", "gpt2", "--pack", "64"]).Error;
        Assert.Contains("the last reply is the target, earlier ones are not trained on", packed, StringComparison.Ordinal);
        Assert.Contains("turns that the source does not train on", packed, StringComparison.Ordinal);
    }
}
