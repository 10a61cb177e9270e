namespace InstructKit.Formats;

/// <summary><c>messages</c>: turns with <c>role</c> and <c>content</c>, which TRL, Axolotl, torchtune, NeMo and most services read.</summary>
internal sealed class MessagesFormat : ExampleFormat
{
    public override string Name => "messages";

    public override string Description => "messages with role and content, for chat templates";

    public override bool HasSystem => true;

    public override TextShape Shape => TextShape.Turns;

    internal override TurnSupport Turns { get; } = TurnSupport.All;

    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => [TurnColumns.Conversation("messages", TurnNames.Plain, Turns, settings), .. TurnColumns.Beside(settings)];
}
