namespace InstructKit.Formats;

/// <summary><c>pair</c>: input and target, unchanged.</summary>
internal sealed class PairFormat : ExampleFormat
{
    public override string Name => "pair";

    public override string Description => "input and target as two texts";

    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => [CommonColumns.Input("input"), CommonColumns.Target("target")];
}
