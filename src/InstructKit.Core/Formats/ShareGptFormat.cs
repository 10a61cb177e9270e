namespace InstructKit.Formats;

/// <summary><c>sharegpt</c>: turns with <c>from</c> and <c>value</c>.</summary>
internal sealed class ShareGptFormat : ExampleFormat
{
    public override string Name => "sharegpt";

    public override string Description => "conversations of human and gpt, as ShareGPT has them";

    public override bool HasSystem => true;

    public override TextShape Shape => TextShape.Turns;

    internal override TurnSupport Turns { get; } = TurnSupport.Alternating;

    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => [TurnColumns.Conversation("conversations", TurnNames.ShareGpt, Turns, settings), .. TurnColumns.Beside(settings, asText: true)];
}
