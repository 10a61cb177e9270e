namespace InstructKit.Formats;

/// <summary><c>openai</c>: the format of fine-tuning services. They reject or warn about unknown keys, so there is only <c>messages</c>.</summary>
internal sealed class OpenAiFormat : ExampleFormat
{
    public override string Name => "openai";

    public override string Description => "messages and nothing else, for fine-tuning services that refuse other keys";

    public override IReadOnlyList<string> Containers => ["jsonl"];

    public override bool TakesMoreColumns => false;

    public override bool HasSystem => true;

    public override TextShape Shape => TextShape.Turns;

    internal override TurnSupport Turns { get; } = TurnSupport.All with { Reasoning = [ReasoningForm.Inline, ReasoningForm.Drop], Marks = ["weight"], OwnMark = "weight", IsStrict = true };

    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => [TurnColumns.Conversation("messages", TurnNames.Plain, Turns, settings), .. TurnColumns.Beside(settings, isOptional: true, images: false)];
}
