using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>
/// Megatron-Bridge's fine-tuning (NVIDIA-NeMo/Megatron-Bridge: docs/training/data-preparation.md, src/megatron/bridge/data): a folder with training.jsonl,
/// validation.jsonl and optionally test.jsonl; <c>input</c> and <c>output</c>, or a conversation.
/// </summary>
internal static class Nemo
{
    private const string Chat = "megatron/bridge/data/conversation_processing.py normalize_chat_conversation";

    private static readonly Shape Calls = ListOf(AnyObject.Also(static (check, call) =>
    {
        var arguments = call.Find("function"u8).Find("arguments"u8);
        if (arguments.IsText) JsonText(AnyObject).Check(check, arguments);
    }));

    // A turn without the key content is rejected even if tools are called; null is accepted.
    private static readonly Shape Messages = new Turns { Roles = ["system", "developer", "user", "assistant", "tool", "function"], Calls = Turns.ToolCalls.Also(Calls.Check) }
        .Also(static (check, turns) =>
        {
            foreach (var turn in turns)
            {
                if (turn.Find("content"u8).IsMissing && turn.Find("tool_calls"u8).Count > 0) Missing(check, turn, default, "content");
            }
        })
        .Also(TurnRules.Has(Severity.Warning, ": no token of the row is trained on", "assistant")).From(Chat);

    private static readonly Shape Legacy = new Turns { Keys = ("from", "value"), Roles = [], Content = AnyText, Calls = null }.From(Chat);

    private static readonly Shape Conversation = AnyList.Also(static (check, turns) => (turns.First.Find("from"u8).IsMissing ? Messages : Legacy).Check(check, turns));

    private static readonly Field[] Extras = [Optional("tools", Either(ListOf(AnyObject), JsonText(ListOf(AnyObject)))), Optional("chat_template_kwargs", AnyObject)];

    private static readonly (string Name, Shape Shape)[] Columns =
    [
        .. new[] { "messages", "conversation", "conversations" }.Select(name => (name, Record([Required(name, Conversation), .. Extras]))),
    ];

    private static readonly Shape Pair = Record(Required("input", AnyText), Required("output", TargetText));

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("nemo", "NeMo Megatron-Bridge fine-tuning: input and output, or messages", "megatron/bridge/data/datasets/sft.py GPTSFTDataset")
    {
        Row = AnyObject.Also(static (check, row) => ShapeOf(row).Check(check, row)).Also(CheckKind),
        ByteOrderMark = Severity.Error,
        Rules = static () => [new OneKind(static row => row.Find("input"u8).IsMissing && !ReferenceEquals(ShapeOf(row), Pair) ? "a conversation" : "input and output")],
        Extensions = [".jsonl"],
        Compressions = [],
        TakesArrays = false,
        BlankLines = Severity.Error,
        FileNames = ["training.jsonl", "validation.jsonl", "test.jsonl"],
        Identity = ["input", "output", "messages", "conversation", "conversations"],
    };

    private static void CheckKind(RowCheck check, JsonNode row)
    {
        var prompt = row.Find("prompt"u8);
        if (prompt.IsText && row.Find("completion"u8).IsText && !ReferenceEquals(ShapeOf(row), Pair))
            check.Error(ConsumerCodes.Columns, prompt, "prompt and completion may not be combined with a conversation: a row has exactly one schema");
    }

    private static Shape ShapeOf(JsonNode row)
    {
        foreach (var (name, shape) in Columns)
        {
            if (!row.Find(System.Text.Encoding.UTF8.GetBytes(name)).IsMissing) return shape;
        }

        return Pair;
    }
}

/// <summary>Megatron-LM's pretraining (NVIDIA/Megatron-LM tools/preprocess_data.py Encoder.encode, --json-keys text): one JSON object per line with <c>text</c>, a string or its sentences.</summary>
internal static class MegatronText
{
    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("megatron-text", "Megatron-LM preprocess_data.py: text", "Megatron-LM tools/preprocess_data.py Encoder.encode")
    {
        Row = Record(Required("text", Either(TargetText, ListOf(AnyText, 1)))),
        ByteOrderMark = Severity.Error,
        Compressions = [],
        TakesArrays = false,
        BlankLines = Severity.Error,
        Identity = ["text"],
    };
}
