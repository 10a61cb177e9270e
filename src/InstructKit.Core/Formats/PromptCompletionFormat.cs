namespace InstructKit.Formats;

/// <summary><c>prompt-completion</c>: a prompt and its completion, separated at a token boundary.</summary>
internal sealed class PromptCompletionFormat : ExampleFormat
{
    public override string Name => "prompt-completion";

    public override string Description => "prompt and completion as texts that join to one, for TRL and others that mask the prompt";

    public override TextShape Shape => TextShape.Joined;

    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) =>
    [
        CommonColumns.Text("prompt", "what the model is given, with the line end of the separator", (in example, record) => record.Text(example.Input, settings.PromptEnd)),
        settings.CompletionStart.IsEmpty ? CommonColumns.Target("completion")
            : CommonColumns.Text("completion", "what the model should answer, with the space of the separator", (in example, record) => record.Text(settings.CompletionStart, example.Target)),
    ];
}
