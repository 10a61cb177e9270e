using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>
/// Megatron-Bridge's fine-tuning (NVIDIA-NeMo/Megatron-Bridge: docs/training/data-preparation.md, src/megatron/bridge/data): a folder with training.jsonl,
/// validation.jsonl and perhaps test.jsonl; <c>input</c> and <c>output</c>, or a conversation.
/// </summary>
internal static class Nemo
{
    private const string Chat = "megatron/bridge/data/datasets/sft.py GPTSFTChatDataset";

    private static readonly Shape Messages = new Turns { Roles = ["system", "developer", "user", "assistant", "tool", "function"] }
        .Also(TurnRules.Has(Severity.Warning, ": no token of the row is trained on", "role", "assistant")).From(Chat);

    private static readonly Shape Legacy = new Turns { Keys = ("from", "value"), Roles = [], Content = AnyText, Calls = null }.From(Chat);

    private static readonly Shape Turns = AnyList.Also(static (check, turns) => (turns.First.Find("from"u8).IsMissing ? Messages : Legacy).Check(check, turns));

    private static readonly Field[] Extras = [Optional("tools", Either(ListOf(AnyObject), JsonText(ListOf(AnyObject)))), Optional("chat_template_kwargs", AnyObject)];

    private static readonly (string Name, Shape Shape)[] Columns =
    [
        .. new[] { "messages", "conversation", "conversations" }.Select(name => (name, Record([Required(name, Turns), .. Extras]))),
    ];

    private static readonly Shape Pair = Record(Required("input", AnyText), Required("output", TargetText));

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("nemo", "NeMo Megatron-Bridge fine-tuning: input and output, or messages", "megatron/bridge/data/datasets/sft.py GPTSFTDataset")
    {
        Row = AnyObject.Also(static (check, row) => ShapeOf(row).Check(check, row)),
        Rules = static () => [new OneKind(static row => row.Find("input"u8).IsMissing && !ReferenceEquals(ShapeOf(row), Pair) ? "a conversation" : "input and output")],
        Extensions = [".jsonl"],
        Compressions = [],
        TakesArrays = false,
        BlankLines = Severity.Error,
        FileNames = ["training.jsonl", "validation.jsonl", "test.jsonl"],
        Identity = ["input", "output", "messages", "conversation", "conversations"],
    };

    private static Shape ShapeOf(JsonNode row)
    {
        foreach (var (name, shape) in Columns)
        {
            if (!row.Find(System.Text.Encoding.UTF8.GetBytes(name)).IsMissing) return shape;
        }

        return Pair;
    }
}

/// <summary>Megatron-LM's pretraining (NVIDIA/Megatron-LM tools/preprocess_data.py Encoder.encode, --json-keys text): a JSON object with <c>text</c> a line.</summary>
internal static class MegatronText
{
    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("megatron-text", "Megatron-LM preprocess_data.py: text", "Megatron-LM tools/preprocess_data.py Encoder.encode")
    {
        Row = Record(Required("text", TargetText)),
        Compressions = [],
        TakesArrays = false,
        BlankLines = Severity.Error,
        Identity = ["text"],
    };
}
