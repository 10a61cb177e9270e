using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>
/// TRL's SFTTrainer (huggingface/trl: trl/trainer/sft_trainer.py, trl/data_utils.py): <c>messages</c>, <c>prompt</c> and <c>completion</c>, or <c>text</c>;
/// the first row decides which, and whether columns are texts or messages.
/// </summary>
internal static class TrlSft
{
    private static readonly Shape MessagesRow = Record([Required("messages", TrlShapes.Conversation), .. TrlShapes.Extras])
        .Also(static (check, row) => TrlShapes.CheckColumns(check, row, "messages")).Also(TrlShapes.CheckImages).From(TrlShapes.Template);

    private static readonly Shape PairRow = Record([Required("prompt", TrlShapes.Prompt), Required("completion", TrlShapes.Completion), .. TrlShapes.Extras])
        .Also(static (check, row) => TrlShapes.CheckColumns(check, row, "prompt", "completion", "label")).Also(TrlShapes.CheckImages).From(TrlShapes.Template)
        .Also(static (check, row) =>
        {
            if (IsStringPair(row) && row.Find("text"u8) is { IsText: true } text) check.Warning(ConsumerCodes.Columns, text, "text is combined with prompt and completion: the end token is appended to text, the completion has none");
        });

    private static readonly Shape TextRow = Record(Required("text", TargetText));

    private static readonly Shape TokenRow = Record(Required("input_ids", ListOf(Integer, 1)), Optional("labels", ListOf(Integer)), Optional("completion_mask", ListOf(Integer)))
        .Also(static (check, row) =>
        {
            foreach (var other in (ReadOnlySpan<string>)["labels", "completion_mask", "attention_mask"])
            {
                var own = row.Find(System.Text.Encoding.UTF8.GetBytes(other));
                if (own.IsList && own.Count != row.Find("input_ids"u8).Count) check.Error(ConsumerCodes.Lengths, own, $"{other} has {own.Count} elements, input_ids {row.Find("input_ids"u8).Count}");
            }
        });

    private static readonly Shape ConversationsRow = Record(Required("conversations", new Turns
    {
        Keys = ("from", "value"),
        Roles = ["system", "human", "user", "gpt", "assistant", "tool", "function_call", "observation"],
    }.From("trl/data_utils.py maybe_convert_to_chatml"))).Also(static (check, row) => TrlShapes.CheckColumns(check, row, "conversations"));

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("trl-sft", "TRL SFTTrainer: messages, prompt and completion, or text", "trl/trainer/sft_trainer.py SFTTrainer")
    {
        Row = AnyObject.Also(static (check, row) => ShapeOf(row)?.Check(check, row)).Also(static (check, row) =>
        {
            if (ShapeOf(row) is null) check.Error(ConsumerCodes.MissingField, row, "the row has none of messages, prompt and completion, or text");
        }),
        Rules = static () => [.. TrlShapes.Table(KindOf), new EveryRow("text", IsStringPair, "the end token is appended to it first, which fails") { Source = "trl/trainer/sft_trainer.py add_eos" }, new ForeignRoles { Source = "trl/data_utils.py maybe_convert_to_chatml" }],
        Identity = ["messages", "conversations", "prompt", "completion", "text"],
    };

    private static bool IsStringPair(JsonNode row) => row.Find("prompt"u8).IsText && row.Find("completion"u8).IsText;

    private static Shape? ShapeOf(JsonNode row)
    {
        if (!row.Find("input_ids"u8).IsAbsent) return TokenRow;

        if (!row.Find("messages"u8).IsMissing) return MessagesRow;

        if (!row.Find("prompt"u8).IsMissing || (!row.Find("completion"u8).IsMissing && row.Find("text"u8).IsMissing)) return PairRow;

        if (!row.Find("text"u8).IsMissing) return TextRow;

        return row.Find("conversations"u8).IsMissing ? null : ConversationsRow;
    }

    private static string? KindOf(JsonNode row)
    {
        if (!row.Find("input_ids"u8).IsAbsent) return "token ids";

        if (row.Find("messages"u8).IsList) return "a conversation in 'messages'";

        var prompt = row.Find("prompt"u8);
        if (prompt.IsList) return "prompt and completion as messages";

        if (prompt.IsText) return "prompt and completion as strings";

        if (row.Find("text"u8).IsText) return "plain 'text'";

        return row.Find("conversations"u8).IsList ? "a conversation in 'conversations'" : null;
    }
}

/// <summary>Warns once about ShareGPT's role names: only the keys of turns are renamed, so the chat template sees <c>human</c> and <c>gpt</c>.</summary>
internal sealed class ForeignRoles : DatasetRule
{
    private bool _isSaid;

    /// <inheritdoc/>
    public override void Row(RowCheck check, JsonNode row, long bytesBefore)
    {
        var turns = _isSaid ? default : row.Find("conversations"u8);
        if (!turns.IsList) return;

        foreach (var turn in turns)
        {
            var role = turn.Find("from"u8);
            if (_isSaid || !(role.Is("human"u8) || role.Is("gpt"u8))) continue;

            check.Warning(ConsumerCodes.UnknownValue, role, $"{role.Path} is {role.Words}: the name reaches the chat template unchanged, and few know it; user and assistant are the usual ones");
            _isSaid = true;
        }
    }
}
