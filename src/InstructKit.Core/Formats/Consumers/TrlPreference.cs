using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>
/// TRL's DPO, CPO, ORPO and reward trainers (huggingface/trl: trl/trainer/dpo_trainer.py, reward_trainer.py, trl/data_utils.py extract_prompt):
/// <c>prompt</c>, <c>chosen</c>, <c>rejected</c>, or the last two with the prompt as their common prefix.
/// </summary>
internal static class TrlPreference
{
    private static readonly Shape Explicit = Record([Required("prompt", TrlShapes.Prompt), .. Answers, .. TrlShapes.Extras]);
    private static readonly Shape Implicit = Record([.. Answers, .. TrlShapes.Extras]).Also(CheckPrefix);

    /// <summary>A pair, with the prompt or without.</summary>
    public static Shape Pair { get; } = AnyObject
        .Also(static (check, row) => (row.Find("prompt"u8).IsMissing ? Implicit : Explicit).Check(check, row))
        .Also(static (check, row) =>
        {
            TrlShapes.CheckColumns(check, row, "prompt", "chosen", "rejected");
            TrlShapes.CheckDifferent(check, row, "chosen"u8, "rejected"u8);
        });

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("trl-preference", "TRL DPOTrainer, RewardTrainer and others: chosen and rejected, with or without prompt", TrlShapes.Template)
    {
        Row = Pair,
        Rules = static () => TrlShapes.Table(KindOf),
        Identity = ["prompt", "chosen", "rejected"],
    };

    private static Field[] Answers =>
    [
        Required("chosen", TrlShapes.Completion), Required("rejected", TrlShapes.Completion), Optional("margin", Number.From("trl/trainer/reward_trainer.py compute_loss")),
    ];

    // The prompt is the common prefix: at most all but the last turn or letter of the shorter one, and at least one turn for a conversation.
    private static void CheckPrefix(RowCheck check, JsonNode row)
    {
        var (chosen, rejected) = (row.Find("chosen"u8), row.Find("rejected"u8));
        check.Source = "trl/data_utils.py extract_prompt";
        if (chosen.IsList && rejected.IsList)
        {
            if (chosen.Count > 0 && rejected.Count > 0 && !(chosen.Count > 1 && rejected.Count > 1 && IsSame(chosen.First, rejected.First)))
                check.Error(ConsumerCodes.Columns, rejected, "there is no prompt, and chosen and rejected do not begin with the same turns before an answer each to take it from: the prompt is empty, which fails");
        }
        else if (chosen.IsText && rejected.IsText)
        {
            if (chosen.Bytes.IsEmpty || rejected.Bytes.IsEmpty) check.Error(ConsumerCodes.Empty, chosen.Bytes.IsEmpty ? chosen : rejected, "there is no prompt, and one answer is empty: the common prefix is searched for, which fails");
            else if (chosen.Bytes[0] != rejected.Bytes[0]) check.Warning(ConsumerCodes.Columns, rejected, "there is no prompt, and chosen and rejected have no common prefix to take it from: the prompt is empty");
        }
    }

    private static bool IsSame(JsonNode one, JsonNode other) => HasSame(one, other, "role"u8) && HasSame(one, other, "content"u8);

    private static bool HasSame(JsonNode one, JsonNode other, ReadOnlySpan<byte> key)
    {
        var (left, right) = (one.Find(key), other.Find(key));
        return left.Bytes.SequenceEqual(right.Bytes) || (left.IsText && right.IsText ? left.Is(right.AsBytes()) : left.IsList && right.IsList);
    }

    /// <summary>The kind of a pair.</summary>
    public static string? KindOf(JsonNode row)
    {
        var isImplicit = row.Find("prompt"u8).IsMissing;
        var chosen = row.Find(isImplicit ? "chosen"u8 : "prompt"u8);
        if (chosen.IsText) return isImplicit ? "a pair of strings without prompt" : "a pair of strings with prompt";

        return !chosen.IsList ? null : isImplicit ? "a pair of conversations without prompt" : "a pair of conversations with prompt";
    }
}
