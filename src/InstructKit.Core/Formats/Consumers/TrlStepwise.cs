using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>TRL's PRMTrainer (huggingface/trl: trl/trainer/prm_trainer.py tokenize_row): a prompt, the steps of an answer, and for each step whether it is correct.</summary>
internal static class TrlStepwise
{
    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("trl-stepwise", "TRL PRMTrainer: prompt, completions and labels of the steps", "trl/trainer/prm_trainer.py tokenize_row")
    {
        Row = Record(Required("prompt", AnyText), Required("completions", ListOf(TargetText, 1)), Required("labels", ListOf(Flag, 1))).Also(static (check, row) =>
        {
            var (steps, labels) = (row.Find("completions"u8), row.Find("labels"u8));
            if (steps.IsList && labels.IsList && steps.Count != labels.Count)
                check.Error(ConsumerCodes.Lengths, labels, $"labels has {labels.Count} elements, completions {steps.Count}: every step needs one label");
        }),
        Rules = static () => [new SteadyColumns()],
        Identity = ["prompt", "completions"],
    };
}
