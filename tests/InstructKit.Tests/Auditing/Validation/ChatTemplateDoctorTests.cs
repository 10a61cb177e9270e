using InstructKit.Auditing.Validation;
using InstructKit.Formats;
using InstructKit.Tests.Cli;
using Xunit;

namespace InstructKit.Tests.Auditing.Validation;

/// <summary>A template that keeps everything has no finding; each injected fault has its own.</summary>
public sealed class ChatTemplateDoctorTests : IDisposable
{
    // Every part is printed, prefixes stay, the model's words and their end are marked.
    private const string Sound = """
        {%- if tools %}<|tools|>{{ tools | tojson }}<|end|>{% endif %}
        {%- for m in messages %}
        {%- if m.content is string %}{% set said = m.content %}{% elif m.content is none %}{% set said = '' %}{% else %}{% set said = m.content | map(attribute='text') | join %}{% endif %}
        {%- if m.role == 'assistant' %}<|assistant|>{% generation %}
        {%- if m.reasoning_content %}<think>{{ m.reasoning_content }}</think>{% endif %}{{ said }}
        {%- for call in m.tool_calls or [] %}<|call|>{{ call.function.name }} {% if call.function.arguments is string %}{{ call.function.arguments }}{% else %}{{ call.function.arguments | tojson }}{% endif %}{% endfor %}<|end|>{% endgeneration %}
        {%- else %}<|{{ m.role }}|>{{ said }}<|end|>{% endif %}
        {%- endfor %}
        {%- if add_generation_prompt %}<|assistant|>{% endif %}
        """;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sound_template_has_no_finding() => Assert.Empty(Diagnose(Sound));

    public static TheoryData<string, string, string, string> Faults => new()
    {
        // what, the part that is replaced, what it is replaced with, the findings
        { "system dropped", "{%- else %}<|", "{%- elif m.role != 'system' %}<|", "IK2802 a system turn" },
        { "system refused", "{%- for m in messages %}", "{%- for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system') }}{% endif %}", "IK2808" },
        { "user dropped", "{%- else %}<|", "{%- elif m.role != 'user' %}<|", "IK2802 the user's turn" },
        { "reply dropped", "{{ said }}\n{%- for call", "{%- for call", "IK2802 the assistant's reply" },
        { "reasoning dropped", "{%- if m.reasoning_content", "{%- if m.nothing", "IK2802 reasoning" },
        { "tools dropped", "{%- if tools %}", "{%- if nothing %}", "IK2802 the names of tools" },
        { "call dropped", "m.tool_calls or []", "m.nothing or []", "IK2802 the name of a called tool" },
        { "arguments dropped", "{{ call.function.arguments | tojson }}", "", "IK2802 the arguments of a tool call (an object)" },
        { "result dropped", "{%- else %}<|", "{%- elif m.role != 'tool' %}<|", "IK2802 the result of a tool" },
        { "text arguments quoted", "{% if call.function.arguments is string %}{{ call.function.arguments }}{% else %}{{ call.function.arguments | tojson }}{% endif %}", "{{ call.function.arguments | tojson }}", "IK2812" },
        { "text arguments fail", "{% if call.function.arguments is string %}{{ call.function.arguments }}{% else %}{{ call.function.arguments | tojson }}{% endif %}", "{% for k, v in call.function.arguments | items %}{{ k }}{{ v }}{% endfor %}", "IK2812" },
        { "parts printed", "{% else %}{% set said = m.content | map(attribute='text') | join %}{% endif %}", "{% else %}{% set said = m.content %}{% endif %}", "IK2813" },
        { "an empty thought in every reply", "{{ m.reasoning_content }}</think>{% endif %}", "{{ m.reasoning_content }}</think>{% else %}<think>\n\n</think>{% endif %}", "IK2810 every reply" },
        { "an empty thought in the last reply", "{{ m.reasoning_content }}</think>{% endif %}", "{{ m.reasoning_content }}</think>{% elif loop.last %}<think></think>{% endif %}", "IK2810 the last reply alone" },
        { "a thought begun", "{%- if add_generation_prompt %}<|assistant|>", "{%- if add_generation_prompt %}<|assistant|><think>", "IK2803 the prompt" },
        { "earlier turns change", "{%- if m.role == 'assistant' %}<|assistant|>", "{%- if m.role == 'assistant' %}<|assistant|>{% if loop.last %}!{% endif %}", "IK2803 what is rendered" },
        { "earlier thoughts dropped", "{%- if m.reasoning_content", "{%- if loop.last and m.reasoning_content", "IK2811" },
        { "no block", "{% generation %}", "", "IK2804" },
        { "an empty block", "{% generation %}", "{% generation %}{% endgeneration %}", "IK2805 the generation blocks enclose nothing" },
        { "the user in the block", "<|{{ m.role }}|>{{ said }}<|end|>", "<|{{ m.role }}|>{% generation %}{{ said }}{% endgeneration %}<|end|>", "IK2805 the" },
        { "stop outside", "<|end|>{% endgeneration %}", "{% endgeneration %}<|end|>", "IK2806" },
        { "no stop", "<|end|>{% endgeneration %}", "{% endgeneration %}\n", "IK2807" },
        { "the role's mark in the block", "<|assistant|>{% generation %}", "{% generation %}<|assistant|>", "IK2805 the generation block begins before the reply: '<|assistant|>'" },
        { "null printed", "{% elif m.content is none %}{% set said = '' %}", "{% elif m.content is none %}{% set said = m.content %}", "IK2815 content that is null with a tool call is printed" },
        { "null fails", "{% elif m.content is none %}{% set said = '' %}", "{% elif m.content is none %}{% set said = '' + m.content %}", "IK2815 content that is null with a tool call fails" },
        { "object arguments fail", "{{ call.function.arguments | tojson }}", "{{ '' + call.function.arguments }}", "IK2814 arguments that are an object fail" },
        { "calls beside null alone", "m.tool_calls or []", "((m.tool_calls or []) if m.content is none else [])", "IK2802 a tool call with content that is an empty string" },
        { "reasoning beside calls alone", "{%- if m.reasoning_content", "{%- if m.tool_calls and m.reasoning_content", "IK2802 reasoning (reasoning_content): dropped silently except in turns that call tools" },
        { "a prompt behind a result", "{%- if add_generation_prompt %}<|assistant|>", "{%- if add_generation_prompt %}<|assistant|>{% if messages[-1].role == 'tool' %}!{% endif %}", "IK2803 the prompt of a reply to a tool's result" },
        { "two beginnings", "{%- if tools %}", "{{ bos_token }}{{ bos_token }}{%- if tools %}", "IK2809" },
        { "always fails", "{%- if tools %}", "{{ raise_exception('out of order') }}{%- if tools %}", "IK2801" },
        { "a second question fails", "{%- if tools %}", "{% if messages | length > 3 and messages[0].role == 'user' and messages[1].content == 'Zqreply' %}{{ raise_exception('one question') }}{% endif %}{%- if tools %}", "IK2814" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_has_its_finding(string what, string part, string replacement, string expected)
    {
        _ = what;
        // Removing a tag also removes its end.
        var text = Sound.ReplaceLineEndings("\n");
        Assert.Contains(part.ReplaceLineEndings("\n"), text, StringComparison.Ordinal);
        text = text.Replace(part.ReplaceLineEndings("\n"), replacement, StringComparison.Ordinal);
        if (replacement is "" && part.Contains("generation", StringComparison.Ordinal)) text = text.Replace("{% endgeneration %}", string.Empty, StringComparison.Ordinal);
        if (replacement is "{% generation %}{% endgeneration %}") text = text.Replace("<|end|>{% endgeneration %}", "<|end|>", StringComparison.Ordinal);

        var found = Diagnose(text);
        Assert.Contains(found, one => one.StartsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void The_tokenizer_s_file_says_which_tokens_there_are()
    {
        var path = _folder.Write("tokenizer_config.json", """
            {"bos_token": "<s>", "eos_token": {"content": "</s>"}, "add_bos_token": true,
             "chat_template": [{"name": "default", "template": "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{% if m.role == 'assistant' %}{{ eos_token }}{% endif %}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}"},
                               {"name": "bare", "template": "{% for m in messages %}{{ m.content }} {% endfor %}"}]}
            """);
        var run = CliRun.Of("validate", "--chat-template", path);
        Assert.Contains($"{path} (default):1:1: warning IK2809: the template prints '<s>', and the tokenizer adds it, too", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("(default):1:1: warning IK2807", run.Error, StringComparison.Ordinal);
        Assert.Contains("(bare):1:1: warning IK2807: no stop token follows the assistant's reply (eos_token is '</s>')", run.Error, StringComparison.Ordinal);
        Assert.Contains("IK2801", CliRun.Of("validate", "--chat-template", _folder.Write("none.json", "{\"eos_token\": \"x\"}")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_that_needs_tools_is_examined_with_them()
    {
        var found = Diagnose(Sound.Replace("{%- if tools %}", "{%- if tools %}{% else %}{{ raise_exception('no tools') }}{% endif %}{%- if tools %}", StringComparison.Ordinal).Replace("{%- else %}<|", "{%- elif m.role != 'system' %}<|", StringComparison.Ordinal));
        Assert.Equal(["IK2801 a user turn and a reply fail without tools: no tools", "IK2802 a system turn: dropped silently"], found);
    }

    [Fact]
    public void A_template_that_cannot_be_read_is_found_at_its_place()
    {
        var path = _folder.Write("broken.jinja", "{% for m in messages %}\n{{ m.content }\n{% endfor %}");
        var run = CliRun.Of("validate", "--chat-template", path);
        Assert.Equal(1, run.Code);
        Assert.Contains($"{path}:2:", run.Error, StringComparison.Ordinal);
        Assert.Contains(": error IK", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_trained_part_of_a_row_is_marked()
    {
        var template = _folder.Write("chat.jinja", Sound);
        var rows = _folder.Write("rows.jsonl", "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": \"Ho\"}]}\n{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}\n");
        Assert.Equal("<|user|>Hi<|end|><|assistant|>⟦Ho<|end|>⟧\n", CliRun.Of("validate", "--chat-template", template, rows, "--show-mask").Output);

        // Without blocks: what follows the prompt of each reply.
        var bare = _folder.Write("bare.jinja", Sound.Replace("{% generation %}", string.Empty, StringComparison.Ordinal).Replace("{% endgeneration %}", string.Empty, StringComparison.Ordinal));
        Assert.Equal("<|user|>Hi<|end|><|assistant|>⟦Ho<|end|>⟧\n", CliRun.Of("validate", "--chat-template", bare, rows, "--show-mask").Output);
        Assert.StartsWith("<|system|>Zqsystem<|end|><|user|>Zquser<|end|><|assistant|>⟦Zqreply<|end|>⟧<|user|>", CliRun.Of("validate", "--chat-template", template, "--show-mask").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_rendered_and_found_where_the_template_fails_or_masks_all()
    {
        var template = _folder.Write("chat.jinja", "{% for m in messages %}{% if m.role == 'tool' %}{{ raise_exception('no tools here') }}{% endif %}<{{ m.role }}>{% if m.role == 'assistant' %}{% generation %}{{ m.content if m.train is not defined else '' }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}");
        var rows = _folder.Write("rows.jsonl", """
            {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
            {"messages": [{"role": "user", "content": "a"}, {"role": "tool", "content": "b"}]}
            {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "train": false}]}
            {"prompt": [{"role": "user", "content": "a"}], "completion": [{"role": "user", "content": "b"}]}
            {"text": "a"}
            """);
        var run = CliRun.Of("validate", "--chat-template", template, rows);
        Assert.Equal(1, run.Code);
        Assert.DoesNotContain("rows.jsonl:1:", run.Error, StringComparison.Ordinal);
        Assert.Contains("rows.jsonl:2:1: error IK2801: the template fails on this row: no tools here", run.Error, StringComparison.Ordinal);
        Assert.Contains("rows.jsonl:3:1: error IK2626: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("rows.jsonl:4:1: warning IK2803: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("rows.jsonl:5:1: error IK2602: ", run.Error, StringComparison.Ordinal);
    }

    private List<string> Diagnose(string template)
    {
        var report = new ValidationReport(int.MaxValue);
        foreach (var one in ChatTemplate.LoadAll(_folder.Write("chat.jinja", template), ChatTemplateCodes.Fails)) new ChatTemplateDoctor(one, report, CancellationToken.None).Run();

        return [.. report.Findings.Select(finding => $"{finding.Diagnostic.Code} {finding.Diagnostic.Message}")];
    }
}
