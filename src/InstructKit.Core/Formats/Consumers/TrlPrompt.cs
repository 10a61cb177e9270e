using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>
/// TRL's GRPO, RLOO and online trainers (huggingface/trl: trl/trainer/grpo_trainer.py): <c>prompt</c>; every other column is passed to the reward functions,
/// so some names are reserved.
/// </summary>
internal static class TrlPrompt
{
    private const string Rewards = "trl/trainer/grpo_trainer.py _calculate_rewards";
    private static readonly string[] Reserved = ["prompts", "completions", "trainer_state", "log_extra", "log_metric", "environment", "environments"];

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("trl-prompt", "TRL GRPOTrainer, RLOOTrainer and online trainers: prompt", TrlShapes.Template)
    {
        Row = Record([Required("prompt", Either(FilledText, TrlShapes.PromptMessages)), .. TrlShapes.Extras]).Also(static (check, row) =>
        {
            check.Source = Rewards;
            foreach (var name in Reserved)
            {
                var own = row.Find(System.Text.Encoding.UTF8.GetBytes(name));
                if (!own.IsMissing) check.Error(ConsumerCodes.ReservedColumn, own, $"the column {name} has the name of an argument that reward functions are given already");
            }

            foreach (var name in (ReadOnlySpan<string>)["completion", "completion_ids"])
            {
                var own = row.Find(System.Text.Encoding.UTF8.GetBytes(name));
                if (!own.IsMissing) check.Warning(ConsumerCodes.ReservedColumn, own, $"the column {name} does not reach the reward functions: its name is that of what the model generates");
            }
        }).Also(static (check, row) =>
        {
            var messages = row.Find("messages"u8);
            if (row.Find("prompt"u8).IsList && !messages.IsMissing) check.Error(ConsumerCodes.Columns, messages, "the column messages may not be combined with prompt in a conversational row: a KeyError");
        }),
        Rules = static () => [new OneKind(KindOf) { Source = TrlShapes.Conversational }, new SteadyColumns()],
        Identity = ["prompt"],
    };

    private static string? KindOf(JsonNode row)
    {
        var prompt = row.Find("prompt"u8);
        return prompt.IsList ? "a prompt of messages" : prompt.IsText ? "a prompt that is a string" : null;
    }
}
