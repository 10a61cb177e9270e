namespace InstructKit.Formats;

/// <summary><c>axolotl</c>: messages for datasets of <c>type: chat_template</c>.</summary>
internal sealed class AxolotlFormat : ExampleFormat
{
    /// <inheritdoc/>
    public override string Name => "axolotl";

    /// <inheritdoc/>
    public override string Description => "messages for Axolotl's chat_template, with a YAML snippet that names the files";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Containers => ["jsonl", "json", "parquet", "parquet-zstd"];

    /// <inheritdoc/>
    public override bool HasSystem => true;

    /// <inheritdoc/>
    public override TextShape Shape => TextShape.Turns;

    /// <inheritdoc/>
    internal override TurnSupport Turns { get; } = TurnSupport.All with { OwnMark = "train" };

    /// <inheritdoc/>
    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => [TurnColumns.Conversation("messages", TurnNames.Plain, Turns, settings), .. TurnColumns.Beside(settings)];
}
