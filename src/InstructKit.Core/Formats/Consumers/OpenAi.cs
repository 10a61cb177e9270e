using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>Common rules of OpenAI's fine-tuning files (openai/openai-openapi openapi.yaml FineTuneChatRequestInput, FineTunePreferenceRequestInput; fine-tuning guides).</summary>
internal static class OpenAi
{
    /// <summary>Where messages of the assistant are described.</summary>
    public const string Assistant = "openai-openapi FineTuneChatCompletionRequestAssistantMessage";

    /// <summary>Maximum size of a file uploaded in one piece, and in parts (openapi.yaml, Files and Uploads).</summary>
    public static (long Usual, long Most) FileBytes { get; } = (512L << 20, 8L << 30);

    private static readonly string[] Keys = ["role", "content", "name", "weight", "tool_calls", "tool_call_id", "function_call", "refusal"];

    private static readonly string[] UserParts = ["text", "image_url", "input_audio", "file"];

    private static readonly string[] AssistantParts = ["text", "refusal"];

    private static readonly Shape Image = Record(Required("url", FilledText));

    private static readonly Shape Calls = ListOf(Record(
        Required("id", FilledText),
        Required("type", OneOf("function")),
        Required("function", Record(Required("name", FunctionName), Required("arguments", JsonText(AnyObject)))))).From(Assistant);

    /// <summary>Tools: each a function's schema.</summary>
    public static Shape Tools { get; } = ListOf(Record(
        Required("type", OneOf("function")),
        Required("function", Record(Required("name", FunctionName), Optional("description", AnyText), Optional("parameters", AnyObject)))));

    private static Shape FunctionName => FilledText.Also(static (check, name) =>
    {
        var text = name.Bytes;
        if (text.Length > 64 || text.ContainsAnyExcept(NameBytes))
            check.Error(ConsumerCodes.UnknownValue, name, $"{name.Path} is {name.Words}, expected up to 64 letters, digits, underscores and hyphens");
    });

    private static readonly System.Buffers.SearchValues<byte> NameBytes = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"u8);

    /// <summary>Messages with known roles and keys, whose tool calls have results.</summary>
    public static Shape Messages { get; } = new Turns
    {
        Roles = ["system", "developer", "user", "assistant", "tool", "function"],
        Calls = Calls,
        OnlyKeys = Keys,
        Others = [Optional("name", FilledText), Optional("tool_call_id", FilledText)],
    }.Also(static (check, turns) => CheckTurns(check, turns, isWhole: true));

    /// <summary>Messages of these roles with only text.</summary>
    /// <param name="isWhole">False for the end of a conversation, whose beginning may have called tools.</param>
    /// <param name="roles">The roles.</param>
    public static Shape TextMessages(bool isWhole, params string[] roles) => new Turns
    {
        Roles = roles,
        Content = AnyText,
        Calls = Calls,
        OnlyKeys = Keys,
        Others = [Optional("name", FilledText), Optional("tool_call_id", FilledText)],
    }.Also((check, turns) => CheckTurns(check, turns, isWhole));

    // The content, and its allowed parts (openai-openapi ChatCompletionRequestUserMessage, …AssistantMessage; openai-cookbook Chat_finetuning_data_prep, missing_content).
    private static void CheckContent(RowCheck check, JsonNode turn, JsonNode role)
    {
        var content = turn.Find("content"u8);
        var calls = turn.Find("tool_calls"u8).Count > 0 || !turn.Find("function_call"u8).IsAbsent || !turn.Find("refusal"u8).IsAbsent;
        if (content.IsText && content.Bytes.IsEmpty && !calls && !role.Is("tool"u8) && !role.Is("function"u8))
            check.Error(ConsumerCodes.Empty, content, $"{content.Path} is an empty string, expected what the {(role.IsText ? role.AsText() : "speaker")} says");

        string[] known = role.Is("user"u8) ? UserParts : role.Is("assistant"u8) ? AssistantParts : ["text"];
        foreach (var part in content)
        {
            var type = part.Find("type"u8);
            if (!type.IsText) continue;

            if (!known.Contains(type.AsText())) check.Error(ConsumerCodes.UnknownValue, type, $"{type.Path} is {type.Words}, expected {Listed(known)} in a turn of the {(role.IsText ? role.AsText() : "speaker")}");
            else if (type.Is("image_url"u8) && part.Find("image_url"u8) is var image)
            {
                if (image.IsAbsent) Missing(check, part, image, "image_url");
                else Image.Check(check, image);
            }
        }
    }

    // A weight is only for the assistant, a tool call is followed by its results, and a result belongs to a call before it.
    private static void CheckTurns(RowCheck check, JsonNode turns, bool isWhole)
    {
        List<(string Id, JsonNode At)> open = [];
        HashSet<string> called = new(StringComparer.Ordinal);
        foreach (var turn in turns)
        {
            var role = turn.Find("role"u8);
            CheckContent(check, turn, role);
            var weight = turn.Find("weight"u8);
            if (!weight.IsAbsent)
            {
                if (!role.Is("assistant"u8)) check.Error(ConsumerCodes.UnknownKey, weight, $"{weight.Path}: only turns of the assistant have a weight");
                else if (weight.Kind is not (JsonKind.Integer or JsonKind.Float) || (!weight.Bytes.SequenceEqual("0"u8) && !weight.Bytes.SequenceEqual("1"u8)))
                    check.Error(ConsumerCodes.OutOfRange, weight, $"{weight.Path} is {weight.Words}, expected 0 or 1");
            }

            var calls = turn.Find("tool_calls"u8);
            if (!calls.IsAbsent && !role.Is("assistant"u8)) check.Error(ConsumerCodes.UnknownKey, calls, $"{calls.Path}: only the assistant calls tools");

            if (role.Is("tool"u8))
            {
                var id = turn.Find("tool_call_id"u8);
                if (id.IsAbsent) Missing(check, turn, id, "tool_call_id");
                else if (isWhole && !called.Contains(id.AsText())) check.Error(ConsumerCodes.ToolCall, id, $"{id.Path} is {id.Words}, which no tool call before it has");
                else open.RemoveAll(call => call.Id == id.AsText());

                continue;
            }

            if (open.Count > 0) check.Error(ConsumerCodes.ToolCall, open[0].At, $"{open[0].At.Path} is '{open[0].Id}': a turn of {(role.IsText ? role.AsText() : "another role")} follows before the tool's result");

            open.Clear();
            foreach (var call in calls)
            {
                var id = call.Find("id"u8);
                if (!id.IsText) continue;

                open.Add((id.AsText(), id));
                called.Add(id.AsText());
            }
        }
    }
}

/// <summary>OpenAI's supervised fine-tuning file: JSON Lines of <c>messages</c>, with <c>tools</c> and <c>parallel_tool_calls</c>.</summary>
internal static class OpenAiChat
{
    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("openai-chat", "OpenAI and Azure supervised fine-tuning: messages", "openai-openapi FineTuneChatRequestInput")
    {
        Row = Closed(
            Required("messages", OpenAi.Messages
                .Also(TurnRules.Has(Severity.Error, ", which is what is trained on", "assistant"))
                .Also(TurnRules.LastIs(Severity.Error, string.Empty, "assistant"))
                .Also(CheckWeights)),
            Optional("tools", OpenAi.Tools),
            Optional("parallel_tool_calls", Flag),
            Optional("functions", ListOf(Record(Required("name", FilledText), Optional("parameters", AnyObject))))).Also(CheckCalled),
        Rules = static () => [new LeastRows(10) { Source = "OpenAI supervised fine-tuning guide" }],
        RulesPerFile = true,
        Extensions = [".jsonl"],
        Compressions = [],
        TakesArrays = false,
        BlankLines = Severity.Error,
        FileBytes = OpenAi.FileBytes,
        Identity = ["messages"],
    };

    private static void CheckCalled(RowCheck check, JsonNode row)
    {
        var tools = row.Find("tools"u8);
        if (tools.Count == 0) return;

        HashSet<string> offered = new(StringComparer.Ordinal);
        foreach (var tool in tools) offered.Add(tool.Find("function"u8).Find("name"u8).AsText());

        foreach (var turn in row.Find("messages"u8))
        {
            foreach (var call in turn.Find("tool_calls"u8))
            {
                var name = call.Find("function"u8).Find("name"u8);
                if (name.IsText && !offered.Contains(name.AsText())) check.Warning(ConsumerCodes.ToolCall, name, $"{name.Path} is {name.Words}, which no tool of the row is called");
            }
        }
    }

    private static void CheckWeights(RowCheck check, JsonNode turns)
    {
        var any = false;
        foreach (var turn in turns)
        {
            if (!turn.Find("role"u8).Is("assistant"u8)) continue;

            any = true;
            if (!turn.Find("weight"u8).Bytes.SequenceEqual("0"u8)) return;
        }

        if (any) check.Warning(ConsumerCodes.NothingTrained, turns, "every turn of the assistant has the weight 0: nothing is trained on");
    }
}

/// <summary>OpenAI's preference file: <c>input</c> with messages, <c>preferred_output</c> and <c>non_preferred_output</c>.</summary>
internal static class OpenAiPreference
{
    private static readonly Shape Output = OpenAi.TextMessages(isWhole: false, "assistant", "tool").Also(TurnRules.Has(Severity.Error, string.Empty, "assistant"));

    private static readonly Shape Messages = OpenAi.TextMessages(isWhole: true, "system", "developer", "user", "assistant", "tool", "function");

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = OpenAiChat.Consumer with
    {
        Name = "openai-preference",
        What = "OpenAI and Azure direct preference optimization: input, preferred_output, non_preferred_output",
        Source = "openai-openapi FineTunePreferenceRequestInput",
        Row = Closed(
            Required("input", Closed(Required("messages", Messages), Optional("tools", OpenAi.Tools), Optional("parallel_tool_calls", Flag))),
            Required("preferred_output", Output),
            Required("non_preferred_output", Output)).Also(static (check, row) => TrlShapes.CheckDifferent(check, row, "preferred_output"u8, "non_preferred_output"u8)),
        Rules = static () => [new LeastRows(10) { Source = "OpenAI direct preference optimization guide" }],
        Identity = ["input", "preferred_output", "non_preferred_output"],
    };
}
