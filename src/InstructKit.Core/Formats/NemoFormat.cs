namespace InstructKit.Formats;

/// <summary><c>nemo</c>: the columns and the exact file names of NeMo's and Megatron-Bridge's fine-tuning datasets. Held-out splits keep their names, which neither reads.</summary>
internal sealed class NemoFormat : ExampleFormat
{
    public override string Name => "nemo";

    public override string Description => "input and output in training.jsonl, validation.jsonl and test.jsonl, for NeMo and Megatron-Bridge";

    public override IReadOnlyList<string> Containers => ["jsonl"];

    public override string? FileOf(string split) => split == "train" ? "training" : split;

    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => [CommonColumns.Input("input"), CommonColumns.Target("output")];
}
