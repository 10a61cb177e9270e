namespace InstructKit.Formats;

/// <summary><c>axolotl</c>: messages for datasets of <c>type: chat_template</c>.</summary>
internal sealed class AxolotlFormat : ExampleFormat
{
    public override string Name => "axolotl";

    public override string Description => "messages for Axolotl's chat_template, with a YAML snippet that names the files";

    public override IReadOnlyList<string> Containers => ["jsonl", "json", "parquet", "parquet-zstd"];

    public override bool HasSystem => true;

    public override TextShape Shape => TextShape.Turns;

    internal override TurnSupport Turns { get; } = TurnSupport.All with { OwnMark = "train" };

    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => [TurnColumns.Conversation("messages", TurnNames.Plain, Turns, settings), .. TurnColumns.Beside(settings)];
}
