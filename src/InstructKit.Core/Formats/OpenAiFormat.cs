namespace InstructKit.Formats;

/// <summary><c>openai</c>: what fine-tuning services take. They refuse or warn of keys that they do not know, so there is nothing but <c>messages</c>.</summary>
internal sealed class OpenAiFormat : ExampleFormat
{
    /// <inheritdoc/>
    public override string Name => "openai";

    /// <inheritdoc/>
    public override string Description => "messages and nothing else, for fine-tuning services that refuse other keys";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Containers => ["jsonl"];

    /// <inheritdoc/>
    public override bool TakesMoreColumns => false;

    /// <inheritdoc/>
    public override bool HasSystem => true;

    /// <inheritdoc/>
    public override TextShape Shape => TextShape.Turns;

    /// <inheritdoc/>
    internal override TurnSupport Turns { get; } = TurnSupport.All with { Reasoning = [ReasoningForm.Inline, ReasoningForm.Drop], Marks = ["weight"], OwnMark = "weight", IsStrict = true };

    /// <inheritdoc/>
    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => [TurnColumns.Conversation("messages", TurnNames.Plain, Turns, settings), .. TurnColumns.Beside(settings, isOptional: true, images: false)];
}
