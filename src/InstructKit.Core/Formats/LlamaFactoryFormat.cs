namespace InstructKit.Formats;

/// <summary><c>llama-factory</c>: messages, registered with <c>formatting: sharegpt</c> and tags; its <c>openai</c> formatting would add a system text of its own. It reads no compressed files.</summary>
internal sealed class LlamaFactoryFormat : ExampleFormat
{
    /// <inheritdoc/>
    public override string Name => "llama-factory";

    /// <inheritdoc/>
    public override string Description => "messages for LLaMA-Factory, with a dataset_info.json that registers the files";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Containers => ["jsonl", "json", "parquet", "parquet-zstd"];

    /// <inheritdoc/>
    public override bool HasSystem => true;

    /// <inheritdoc/>
    public override TextShape Shape => TextShape.Turns;

    /// <inheritdoc/>
    internal override TurnSupport Turns { get; } = TurnSupport.Alternating with { Marks = [] };

    /// <inheritdoc/>
    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => [TurnColumns.Conversation("messages", TurnNames.Alternating, Turns, settings), .. TurnColumns.Beside(settings, asText: true)];
}
