namespace InstructKit.Formats;

/// <summary><c>llama-factory</c>: messages, registered with <c>formatting: sharegpt</c> and tags; its <c>openai</c> formatting would add its own system text. It reads no compressed files.</summary>
internal sealed class LlamaFactoryFormat : ExampleFormat
{
    public override string Name => "llama-factory";

    public override string Description => "messages for LLaMA-Factory, with a dataset_info.json that registers the files";

    public override IReadOnlyList<string> Containers => ["jsonl", "json", "parquet", "parquet-zstd"];

    public override bool HasSystem => true;

    public override TextShape Shape => TextShape.Turns;

    internal override TurnSupport Turns { get; } = TurnSupport.Alternating with { Marks = [] };

    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => [TurnColumns.Conversation("messages", TurnNames.Alternating, Turns, settings), .. TurnColumns.Beside(settings, asText: true)];
}
