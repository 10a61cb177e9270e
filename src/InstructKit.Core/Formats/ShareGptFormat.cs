namespace InstructKit.Formats;

/// <summary><c>sharegpt</c>: turns with <c>from</c> and <c>value</c>.</summary>
internal sealed class ShareGptFormat : ExampleFormat
{
    /// <inheritdoc/>
    public override string Name => "sharegpt";

    /// <inheritdoc/>
    public override string Description => "conversations of human and gpt, as ShareGPT has them";

    /// <inheritdoc/>
    public override bool HasSystem => true;

    /// <inheritdoc/>
    public override TextShape Shape => TextShape.Turns;

    /// <inheritdoc/>
    internal override TurnSupport Turns { get; } = TurnSupport.Alternating;

    /// <inheritdoc/>
    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => [TurnColumns.Conversation("conversations", TurnNames.ShareGpt, Turns, settings), .. TurnColumns.Beside(settings, asText: true)];
}
