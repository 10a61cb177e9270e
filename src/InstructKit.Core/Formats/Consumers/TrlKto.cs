using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>
/// TRL's KTO and BCO trainers (huggingface/trl: trl/trainer/kto_trainer.py, trl/data_utils.py maybe_unpair_preference_dataset): <c>prompt</c>, <c>completion</c>
/// and a boolean <c>label</c>; rows of pairs are split.
/// </summary>
internal static class TrlKto
{
    private static readonly Shape Unpaired = Record(
        [Required("prompt", TrlShapes.Prompt), Required("completion", TrlShapes.Completion), Required("label", Flag.From("trl/trainer/kto_trainer.py get_batch_loss_metrics")), .. TrlShapes.Extras])
        .Also(static (check, row) => TrlShapes.CheckColumns(check, row, "prompt", "completion", "label"));

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("trl-kto", "TRL KTOTrainer and BCOTrainer: prompt, completion and label", TrlShapes.Template)
    {
        Row = AnyObject.Also(static (check, row) => (IsPair(row) ? TrlPreference.Pair : Unpaired).Check(check, row)),
        Rules = static () => [.. TrlShapes.Table(KindOf), new BothLabels("label") { Source = "trl/trainer/kto_trainer.py desirable_weight" }],
        Identity = ["prompt", "completion", "chosen", "rejected"],
    };

    private static bool IsPair(JsonNode row) => row.Find("completion"u8).IsMissing && !(row.Find("chosen"u8).IsMissing && row.Find("rejected"u8).IsMissing);

    private static string? KindOf(JsonNode row)
    {
        var prompt = row.Find("prompt"u8);
        if (IsPair(row)) return TrlPreference.KindOf(row);

        return prompt.IsList ? "prompt and completion as messages" : prompt.IsText ? "prompt and completion as strings" : null;
    }
}
