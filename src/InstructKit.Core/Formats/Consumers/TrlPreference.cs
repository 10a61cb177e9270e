using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>
/// TRL's DPO, CPO, ORPO and reward trainers (huggingface/trl: trl/trainer/dpo_trainer.py, reward_trainer.py, trl/data_utils.py extract_prompt):
/// <c>prompt</c>, <c>chosen</c>, <c>rejected</c>, or the last two with the prompt as their common beginning.
/// </summary>
internal static class TrlPreference
{
    private static readonly Shape Explicit = Record([Required("prompt", TrlShapes.Prompt), .. Answers, .. TrlShapes.Extras]);
    private static readonly Shape Implicit = Record([.. Answers, .. TrlShapes.Extras]).Also(CheckPrefix);

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("trl-preference", "TRL DPOTrainer, RewardTrainer and others: chosen and rejected, with or without prompt", TrlShapes.Template)
    {
        Row = AnyObject
            .Also(static (check, row) => (row.Find("prompt"u8).IsMissing ? Implicit : Explicit).Check(check, row))
            .Also(static (check, row) =>
            {
                TrlShapes.CheckColumns(check, row, "prompt", "chosen", "rejected");
                TrlShapes.CheckDifferent(check, row, "chosen"u8, "rejected"u8);
            }),
        Rules = static () => [new OneKind(KindOf) { Source = TrlShapes.Conversational }, new SteadyColumns { Source = "datasets packaged_modules/json/json.py" }],
        Identity = ["prompt", "chosen", "rejected"],
    };

    private static Field[] Answers =>
    [
        Required("chosen", TrlShapes.Completion), Required("rejected", TrlShapes.Completion), Optional("margin", Number.From("trl/trainer/reward_trainer.py compute_loss")),
    ];

    private static void CheckPrefix(RowCheck check, JsonNode row)
    {
        var (chosen, rejected) = (row.Find("chosen"u8), row.Find("rejected"u8));
        if (chosen.Kind != rejected.Kind || chosen.IsAbsent || rejected.Count + rejected.Bytes.Length == 0) return;

        var outer = check.Source;
        check.Source = "trl/data_utils.py extract_prompt";
        var shares = chosen.IsList ? chosen.First.Bytes.SequenceEqual(rejected.First.Bytes) : !chosen.Bytes.IsEmpty && !rejected.Bytes.IsEmpty && chosen.Bytes[0] == rejected.Bytes[0];
        if (!shares) check.Warning(ConsumerCodes.Columns, rejected, "there is no prompt, and chosen and rejected have no beginning in common to take it from: the prompt is empty");

        check.Source = outer;
    }

    private static string? KindOf(JsonNode row)
    {
        var isImplicit = row.Find("prompt"u8).IsMissing;
        var chosen = row.Find(isImplicit ? "chosen"u8 : "prompt"u8);
        if (chosen.IsText) return isImplicit ? "a pair of strings without prompt" : "a pair of strings with prompt";

        return !chosen.IsList ? null : isImplicit ? "a pair of conversations without prompt" : "a pair of conversations with prompt";
    }
}
