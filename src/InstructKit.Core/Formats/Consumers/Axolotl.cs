using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>
/// Axolotl's <c>chat_template</c> (axolotl-ai-cloud/axolotl: src/axolotl/prompt_strategies/chat_template.py): <c>messages</c>, a list or its JSON as a string,
/// with flags for trained turns.
/// </summary>
internal static class AxolotlChat
{
    private const string File = "axolotl prompt_strategies/chat_template.py";

    private static readonly Shape Calls = Turns.CallsWith(Either(AnyObject, JsonText(Any))).From(File + " transform_message");

    private static readonly Shape Parts = Either(AnyText, ListOf(Record(Required("type", FilledText), Optional("train", Flag), Optional("weight", Weight)).Also(Turns.CheckPart), 1));

    private static readonly Shape Messages = new Turns
    {
        Roles = ["system", "user", "human", "assistant", "gpt", "tool"],
        Content = Parts,
        Calls = Calls,
        Others =
        [
            Optional("train", Flag), Optional("training", Flag),
            Optional("train_detail", Details), Optional("training_detail", Details),
            Optional("reasoning_content", AnyText),
        ],
    }
        .Also(CheckDetails)
        .Also(TurnRules.Has(Severity.Warning, ": every label of the row is masked", "assistant", "gpt"))
        .Also(TurnRules.LastIs(Severity.Warning, ": the last turn is not trained and may unmask the wrong end token", "assistant", "gpt"));

    private static readonly Shape Tools = ListOf(AnyObject.Also(static (check, tool) =>
    {
        var function = tool.Find("function"u8);
        if (!function.IsAbsent) Record(Optional("name", FilledText), Optional("parameters", Either(AnyObject, JsonText(AnyObject)))).Check(check, function);
    })).From(File + " _get_tools");

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("axolotl-chat", "Axolotl type: chat_template, messages", File + " get_conversation_thread")
    {
        Row = Record(Required("messages", Either(Messages, JsonText(Messages))), Optional("tools", Either(Tools, JsonText(Tools))), Optional("system", AnyText)).From(File + " _get_messages"),
        Rules = static () => [new SteadyColumns()],
        Extensions = AxolotlFiles.Extensions,
        Identity = ["messages"],
    };

    private static Shape Weight => Integer.Also(static (check, value) =>
    {
        if (!value.Bytes.SequenceEqual("0"u8) && !value.Bytes.SequenceEqual("1"u8)) check.Error(ConsumerCodes.OutOfRange, value, $"{value.Path} is {value.Words}, expected 0 or 1");
    });

    private static Shape Details => ListOf(Record(Required("begin_offset", Integer), Required("end_offset", Integer), Required("train", Flag)));

    private static void CheckDetails(RowCheck check, JsonNode turns)
    {
        foreach (var turn in turns)
        {
            var details = turn.Find("train_detail"u8);
            if (details.IsAbsent) details = turn.Find("training_detail"u8);
            if (details.Count > 0 && turn.Find("content"u8).IsList) check.Error(ConsumerCodes.WrongType, details, $"{details.Path} needs a content that is a string; here it is a list of parts");
        }
    }
}

/// <summary>File types that Axolotl opens (src/axolotl/utils/data/shared.py get_dataset_type).</summary>
internal static class AxolotlFiles
{
    /// <summary>Extensions.</summary>
    public static string[] Extensions { get; } = [".json", ".jsonl", ".ndjson", ".csv", ".parquet", ".arrow", ".txt"];
}

/// <summary>Axolotl's <c>alpaca</c> (src/axolotl/prompt_tokenizers.py AlpacaPromptTokenizingStrategy): <c>instruction</c>, optional <c>input</c>, <c>output</c>.</summary>
internal static class AxolotlAlpaca
{
    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("axolotl-alpaca", "Axolotl type: alpaca, instruction, input and output", "axolotl prompt_tokenizers.py AlpacaPromptTokenizingStrategy")
    {
        Row = Record(Required("instruction", FilledText), Optional("input", AnyText), Required("output", TargetText), Optional("system", AnyText)),
        Rules = static () => [new SteadyColumns()],
        Extensions = AxolotlFiles.Extensions,
        Identity = ["system", "instruction", "input", "output"],
    };
}

/// <summary>Axolotl's <c>completion</c> (src/axolotl/prompt_strategies/completion.py): <c>text</c>, all of it trained on.</summary>
internal static class AxolotlCompletion
{
    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("axolotl-completion", "Axolotl type: completion, text", "axolotl prompt_strategies/completion.py parse_instruction_fields")
    {
        Row = Record(Required("text", TargetText)),
        Rules = static () => [new SteadyColumns()],
        Extensions = AxolotlFiles.Extensions,
        Identity = ["text"],
    };
}

/// <summary>Axolotl's <c>input_output</c> (src/axolotl/prompt_strategies/input_output.py): <c>segments</c> of text, each trained on or not.</summary>
internal static class AxolotlInputOutput
{
    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("axolotl-input-output", "Axolotl type: input_output, segments with label and text", "axolotl prompt_strategies/input_output.py RawInputOutputPrompter.build_prompt")
    {
        Row = Record(Required("segments", ListOf(Record(Required("label", Flag), Required("text", AnyText)), 1).Also(static (check, segments) =>
        {
            foreach (var segment in segments)
            {
                if (segment.Find("label"u8).Kind is not JsonKind.False) return;
            }

            if (segments.Count > 0) check.Warning(ConsumerCodes.NothingTrained, segments, "no segment has the label true: every label of the row is masked");
        }))),
        Rules = static () => [new SteadyColumns()],
        Extensions = AxolotlFiles.Extensions,
        Identity = ["segments"],
    };
}
