using System.Text.RegularExpressions;
using InstructKit.Formats;

namespace InstructKit.Auditing.Validation;

/// <summary>
/// Renders conversations whose parts are unique words and looks for them in the output: what the template drops, whether a prefix is rendered to a
/// prefix, what the generation blocks enclose, and what is between the model's words and the next turn.
/// </summary>
/// <param name="template">The template.</param>
/// <param name="report">Where findings go.</param>
/// <param name="cancel">Cancels the work.</param>
internal sealed partial class ChatTemplateDoctor(ChatTemplate template, ValidationReport report, CancellationToken cancel)
{
    private const string Setting = "{\"role\": \"system\", \"content\": \"Zqsystem\"}";
    private const string User = "{\"role\": \"user\", \"content\": \"Zquser\"}";
    private const string Reply = "{\"role\": \"assistant\", \"content\": \"Zqreply\"}";
    private const string SecondUser = "{\"role\": \"user\", \"content\": \"Zqagain\"}";
    private const string SecondReply = "{\"role\": \"assistant\", \"content\": \"Zqanswer\"}";

    // Mistral's templates want identifiers of nine letters and digits.
    private const string CallOf = """{"role": "assistant", "content": "", "tool_calls": [{"id": "zqcall001", "type": "function", "function": {"name": "zqfunction", "arguments": ARGUMENTS}}]}""";
    private const string Result = """{"role": "tool", "tool_call_id": "zqcall001", "name": "zqfunction", "content": "Zqresult"}""";
    private const string Tools = """[{"type": "function", "function": {"name": "zqfunction", "description": "Zqdescribes", "parameters": {"type": "object", "properties": {"zqparameter": {"type": "string", "description": "Zqmeaning"}}, "required": ["zqparameter"]}}}]""";

    private const string ObjectArguments = """{"zqparameter": "Zqvalue"}""";

    private const string TextArguments = "\"{\\\"zqparameter\\\": \\\"Zqvalue\\\"}\"";

    private static readonly string[] ReasoningKeys = ["reasoning_content", "reasoning", "thinking"];

    /// <summary>A conversation whose parts are unique words.</summary>
    public static IReadOnlyList<string> Example { get; } = [Setting, User, Reply, SecondUser, SecondReply];

    private readonly ChatRenderer _renderer = new(template, cancel);
    private bool _shiftsPrompts;
    private string? _needed;

    [GeneratedRegex(@"<(?<tag>think|thinking|reasoning|seed:think|\|begin_of_thought\|)>\s*</\k<tag>>|<think>\s*</think>|\[THINK\]\s*\[/THINK\]")]
    private static partial Regex EmptyThinking { get; }

    /// <summary>Runs all checks.</summary>
    public void Run()
    {
        var plain = Render([User, Reply]);
        if (plain.Text is null)
        {
            // A template that requires tools gets them from here on.
            var failure = plain.Error!;
            plain = Render([User, Reply], prompt: false, Tools);
            Report(ChatTemplateCodes.Fails, Severity.Error, $"a user turn and a reply fail{(plain.Text is null ? string.Empty : " without tools")}: {failure.Message}", failure);
            if (plain.Text is null) return;

            _needed = Tools;
        }

        Kept(plain, "Zquser", "the user's turn", Severity.Error);
        Kept(plain, "Zqreply", "the assistant's reply", Severity.Error);
        SystemTurn();
        Prefixes();
        Reasoning();
        ToolUse();
        ContentParts();
        Mask();
        Ends(plain);
        Beginning(plain);
    }

    private static byte[] ListOf(IEnumerable<string> messages) => Encoding.UTF8.GetBytes($"[{string.Join(", ", messages)}]");

    private ChatRendering Render(IReadOnlyList<string> messages, bool prompt = false, string? tools = null) =>
        _renderer.Render(ListOf(messages), Encoding.UTF8.GetBytes(tools ?? _needed ?? string.Empty), prompt);

    private void Report(string code, Severity severity, string message, Diagnostic? at = null)
    {
        var place = at?.Span?.Start ?? default;
        report.Add(ValidationReport.At(code, severity, template.Name, place.Line, place.Column, message, string.Empty));
    }

    private bool Kept(ChatRendering rendering, string word, string what, Severity severity)
    {
        if (rendering.Text is not { } text) return false;

        if (text.Contains(word, StringComparison.OrdinalIgnoreCase)) return true;

        Report(ChatTemplateCodes.Dropped, severity, $"{what}: dropped silently");
        return false;
    }

    private void SystemTurn()
    {
        var rendering = Render([Setting, User, Reply]);
        if (rendering.Text is null) Report(ChatTemplateCodes.NoSystem, Severity.Warning, $"a system turn fails: {rendering.Error!.Message}", rendering.Error);
        else Kept(rendering, "Zqsystem", "a system turn", Severity.Error);
    }

    private void Prefixes()
    {
        string[] conversation = [User, Reply, SecondUser, SecondReply];
        var whole = Render(conversation);
        if (whole.Text is null)
        {
            Report(ChatTemplateCodes.Refuses, Severity.Warning, $"a conversation of two questions fails: {whole.Error!.Message}", whole.Error);
            whole = Render(conversation[..2]);
            conversation = conversation[..2];
        }

        for (var count = 1; count < conversation.Length; count++)
        {
            // After a question the generation prompt is added, as a trainer that masks the prompt does.
            var isQuestion = count % 2 == 1;
            var part = Render(conversation[..count], prompt: isQuestion);
            if (part.Text is null || whole.Text!.StartsWith(part.Text, StringComparison.Ordinal)) continue;

            var same = part.Text.AsSpan().CommonPrefixLength(whole.Text);
            Report(
                ChatTemplateCodes.NoPrefix,
                isQuestion ? Severity.Error : Severity.Warning,
                isQuestion
                    ? $"the prompt of {(count == 1 ? "the first" : "a later")} reply is not the beginning of the whole: {Differ(part.Text, whole.Text)}; the mask of a prompt shifts"
                    : $"what is rendered of the first two turns changes when others follow: '{Next(part.Text, same)}' becomes '{Next(whole.Text, same)}'");
            if (!isQuestion) continue;

            _shiftsPrompts = true;
            return;
        }
    }

    private static string Differ(string prompt, string whole)
    {
        var same = prompt.AsSpan().CommonPrefixLength(whole);
        return $"where the prompt has '{Next(prompt, same)}' the whole has '{Next(whole, same)}'";
    }

    private static string Next(string text, int at) => VisibleText.Of(text.Substring(at, Math.Min(24, text.Length - at)).Replace("\n", "\\n", StringComparison.Ordinal));

    private void Reasoning()
    {
        var found = false;
        string? failure = null;
        foreach (var key in ReasoningKeys)
        {
            var rendering = Render([User, $$"""{"role": "assistant", "content": "Zqreply", "{{key}}": "Zqthought"}"""]);
            if (rendering.Text is null) failure ??= rendering.Error!.Message;
            else if (rendering.Text.Contains("Zqthought", StringComparison.Ordinal))
            {
                found = true;
                var thinks = $$"""{"role": "assistant", "content": "Zqreply", "{{key}}": "Zqthought"}""";
                var earlier = Render([User, thinks, SecondUser, $$"""{"role": "assistant", "content": "Zqanswer", "{{key}}": "Zqlater"}"""]);
                if (earlier.Text is { } text && text.Contains("Zqlater", StringComparison.Ordinal) && !text.Contains("Zqthought", StringComparison.Ordinal))
                    Report(ChatTemplateCodes.EarlierThinking, Severity.Warning, $"the reasoning ({key}) of every turn but the last is left out: train on one turn per row, or earlier replies follow no reasoning");

                break;
            }
        }

        if (!found && CallReasoning() is { } kept)
            Report(ChatTemplateCodes.Dropped, Severity.Warning, $"reasoning ({kept}): dropped silently except in turns that call tools after the last question");
        else if (!found) Report(ChatTemplateCodes.Dropped, Severity.Warning, failure is null ? "reasoning (reasoning_content, reasoning and thinking): dropped silently" : $"reasoning is not printed: {failure}");

        // The last reply and an earlier one can be treated differently.
        var whole = Render([User, Reply, SecondUser, SecondReply]);
        if ((whole.Text ?? Render([User, Reply]).Text) is { } plain && EmptyThinking.Matches(plain) is { Count: > 0 } empty)
        {
            var behind = plain.IndexOf("Zqreply", StringComparison.Ordinal);
            var where = empty.Count > 1 ? "every reply" : behind >= 0 && empty[0].Index < behind ? "the first reply" : "the last reply alone";
            Report(ChatTemplateCodes.EmptyThinking, Severity.Warning, $"{where} without reasoning gets an empty block ('{Next(empty[0].Value, 0)}'), which is trained on unless it is masked");
        }
    }

    // The key of reasoning that is printed during tool calls, though not in a final reply.
    private string? CallReasoning() => ReasoningKeys.FirstOrDefault(key =>
        Render([User, Call(ObjectArguments).Replace("\"content\": \"\"", $"\"content\": \"\", \"{key}\": \"Zqthought\"", StringComparison.Ordinal), Result], prompt: true, Tools).Text?.Contains("Zqthought", StringComparison.Ordinal) == true);

    private static string Call(string arguments) => CallOf.Replace("ARGUMENTS", arguments, StringComparison.Ordinal);

    private void ToolUse()
    {
        var offered = Render([User], prompt: true, Tools);
        if (offered.Text is null)
        {
            Report(ChatTemplateCodes.Refuses, Severity.Warning, $"tools that are offered fail: {offered.Error!.Message}", offered.Error);
        }
        else if (Kept(offered, "zqfunction", "the names of tools that are offered", Severity.Warning))
        {
            Kept(offered, "Zqdescribes", "what a tool is for (description)", Severity.Warning);
            Kept(offered, "zqparameter", "the parameters of tools", Severity.Warning);
        }

        string[] conversation = [User, Call(ObjectArguments), Result, Reply];
        var objects = Render(conversation, prompt: false, Tools);
        var texts = Render([User, Call(TextArguments), Result, Reply], prompt: false, Tools);
        if (objects.Text is null)
        {
            if (texts.Text is null) Report(ChatTemplateCodes.Refuses, Severity.Warning, $"a tool call fails: {objects.Error!.Message}", objects.Error);
            else Report(ChatTemplateCodes.Refuses, Severity.Warning, $"arguments that are an object fail: {objects.Error!.Message}; give a JSON text", objects.Error);
        }
        else
        {
            // The name also occurs in the tools.
            var calls = Render(conversation);
            if (Prints(calls, "zqfunction") || !(Prints(Render(WithNull(conversation)), "zqfunction") || Prints(Render(WithNull([User, Call(TextArguments), Result, Reply])), "zqfunction")))
            {
                Kept(calls.Text is null ? objects : calls, "zqfunction", "the name of a called tool", Severity.Warning);
                Kept(objects, "Zqvalue", "the arguments of a tool call (an object)", Severity.Warning);
            }
            else
            {
                Report(ChatTemplateCodes.Dropped, Severity.Warning, "a tool call with content that is an empty string: dropped silently; give null");
            }

            Kept(objects, "Zqresult", "the result of a tool", Severity.Warning);
            if (texts.Text is null)
                Report(ChatTemplateCodes.TextArguments, Severity.Warning, $"arguments that are a JSON text fail: {texts.Error!.Message}", texts.Error);
            else if (texts.Text.Contains("\\\"Zqvalue\\\"", StringComparison.Ordinal))
                Report(ChatTemplateCodes.TextArguments, Severity.Warning, "arguments that are a JSON text are printed as a text within a text, with backslashes: give an object");
            else if (objects.Text.Contains("Zqvalue", StringComparison.Ordinal))
                Kept(texts, "Zqvalue", "the arguments of a tool call (a JSON text)", Severity.Warning);

            NullContent(conversation, objects.Text);
            var prompt = Render(conversation[..3], prompt: true, Tools);
            if (prompt.Text is { } begun && !objects.Text.StartsWith(begun, StringComparison.Ordinal) && !_shiftsPrompts)
                Report(ChatTemplateCodes.NoPrefix, Severity.Warning, $"the prompt of a reply to a tool's result is not the beginning of the whole: {Differ(begun, objects.Text)}; the mask of a prompt shifts");
        }
    }

    private static bool Prints(ChatRendering rendering, string word) => rendering.Text?.Contains(word, StringComparison.OrdinalIgnoreCase) == true;

    private static string[] WithNull(IEnumerable<string> conversation) => [.. conversation.Select(static turn => turn.Replace("\"content\": \"\"", "\"content\": null", StringComparison.Ordinal))];

    // In the OpenAI format, content is null where tools are called.
    private void NullContent(string[] conversation, string text)
    {
        var rendering = Render(WithNull(conversation), prompt: false, Tools);
        if (rendering.Text is { } written)
        {
            if (NullWord.Count(written) > NullWord.Count(text)) Report(ChatTemplateCodes.NullContent, Severity.Warning, "content that is null with a tool call is printed as a word ('None' or 'null'): give an empty string");
        }
        else if (Render(WithNull([User, Call(TextArguments), Result, Reply]), prompt: false, Tools).Text is null)
        {
            Report(ChatTemplateCodes.NullContent, Severity.Warning, $"content that is null with a tool call fails: {rendering.Error!.Message}; give an empty string", rendering.Error);
        }
    }

    [GeneratedRegex(@"(?:None|null)")]
    private static partial Regex NullWord { get; }

    [GeneratedRegex(@"['""]type['""]\s*:\s*['""]text['""]")]
    private static partial Regex PrintedPart { get; }

    private void ContentParts()
    {
        var rendering = Render(["""{"role": "user", "content": [{"type": "text", "text": "Zqpart"}]}""", Reply]);
        if (rendering.Text is null) Report(ChatTemplateCodes.Parts, Severity.Warning, $"content as a list of parts fails: {rendering.Error!.Message}", rendering.Error);
        else if (PrintedPart.IsMatch(rendering.Text)) Report(ChatTemplateCodes.Parts, Severity.Warning, "content as a list of parts is printed as a program would, brackets and all");
        else Kept(rendering, "Zqpart", "content as a list of parts", Severity.Warning);
    }

    private void Mask()
    {
        string[] conversation = [Setting, User, Reply, SecondUser, SecondReply];
        var rendering = Render(conversation);
        if (rendering.Text is null)
        {
            conversation = [User, Reply];
            rendering = Render(conversation);
        }

        if (!template.Source.Text.Contains("generation", StringComparison.Ordinal) || !GenerationTag.IsMatch(template.Source.Text))
        {
            Report(ChatTemplateCodes.NoGeneration, Severity.Warning, "there is no {% generation %} block: a mask of the assistant's tokens (assistant_only_loss) cannot be made");
            return;
        }

        var text = rendering.Text!; // the plain conversation was rendered
        if (rendering.Spans.All(span => span.Start == span.End))
        {
            Report(ChatTemplateCodes.WrongMask, Severity.Error, "the generation blocks enclose nothing: the mask of every row sums to 0");
            return;
        }

        foreach (var word in new[] { "Zqreply", "Zqanswer" })
        {
            var at = text.IndexOf(word, StringComparison.Ordinal);
            if (at >= 0 && !rendering.Covers(at, at + word.Length)) Report(ChatTemplateCodes.WrongMask, Severity.Error, $"{(word == "Zqreply" ? "an earlier reply" : "the last reply")} is outside the generation block: it is not trained on");
        }

        foreach (var (word, what) in new[] { ("Zqsystem", "the system turn"), ("Zquser", "the user's turn"), ("Zqagain", "the user's turn") })
        {
            var at = text.IndexOf(word, StringComparison.Ordinal);
            if (at >= 0 && rendering.Covers(at, at + word.Length))
            {
                Report(ChatTemplateCodes.WrongMask, Severity.Error, $"{what} is in a generation block: it is trained on");
                break;
            }
        }

        // The end of the last reply's prompt is given to the model, not generated by it.
        if (Render(conversation[..^1], prompt: true).Text is { } prompt && text.StartsWith(prompt, StringComparison.Ordinal) && rendering.Spans[^1] is var span && span.Start < prompt.Length && prompt.Length < span.End)
            Report(ChatTemplateCodes.WrongMask, Severity.Warning, $"the generation block begins before the reply: '{Next(text[span.Start..prompt.Length], 0)}' is the prompt's, and trained on");

        var last = conversation.Length == 2 ? "Zqreply" : "Zqanswer";
        if (Stop(text, last) is { } stop && !rendering.Covers(stop.Start, stop.End))
            Report(ChatTemplateCodes.StopOutside, Severity.Warning, $"the stop token '{text[stop.Start..stop.End]}' is outside the generation block: the model does not learn to end");
    }

    [GeneratedRegex(@"\{%[-+]?\s*generation\b")]
    private static partial Regex GenerationTag { get; }

    [GeneratedRegex(@"\G\s*(?<token><\|[^|<>\s]{1,40}\|>|<｜[^｜]{1,40}｜>|</s>|<end_of_turn>|<\|?[a-z_]*end[a-z_]*\|?>|\[/?[A-Z_]+\]|<[^<>\s]{1,40}>)")]
    private static partial Regex StopToken { get; }

    // The token after the model's words: the one named by the file, or what looks like one.
    private (int Start, int End)? Stop(string text, string word)
    {
        var behind = text.LastIndexOf(word, StringComparison.Ordinal) + word.Length;
        if (template.EndToken is { Length: > 0 } token && text.IndexOf(token, behind, StringComparison.Ordinal) is >= 0 and var at && text[behind..at].Trim().Length == 0) return (at, at + token.Length);

        return StopToken.Match(text, behind) is { Success: true } match ? (match.Groups["token"].Index, match.Groups["token"].Index + match.Groups["token"].Length) : null;
    }

    private void Ends(ChatRendering plain)
    {
        var text = plain.Text!; // checked by the caller
        if (!text.Contains("Zqreply", StringComparison.Ordinal)) return;

        if (Stop(text, "Zqreply") is null)
            Report(ChatTemplateCodes.NoStop, Severity.Warning, $"no stop token follows the assistant's reply{(template.EndToken is { } end ? $" (eos_token is '{end}')" : string.Empty)}: the model does not learn to end");
    }

    private void Beginning(ChatRendering plain)
    {
        var text = plain.Text!; // checked by the caller
        var token = template.Tokens.GetValueOrDefault("bos_token") ?? (template.Tokens.Count == 0 ? "<s>" : null);
        if (string.IsNullOrEmpty(token)) return;

        if (text.StartsWith(token + token, StringComparison.Ordinal)) Report(ChatTemplateCodes.DoubleBos, Severity.Error, $"the template prints '{token}' twice at the beginning");
        else if (template.AddsBos == true && text.StartsWith(token, StringComparison.Ordinal)) Report(ChatTemplateCodes.DoubleBos, Severity.Warning, $"the template prints '{token}', and the tokenizer adds it, too (add_bos_token): encode rendered texts without special tokens");
    }
}
