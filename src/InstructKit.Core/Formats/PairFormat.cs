namespace InstructKit.Formats;

/// <summary><c>pair</c>: input and target, as they are.</summary>
internal sealed class PairFormat : ExampleFormat
{
    /// <inheritdoc/>
    public override string Name => "pair";

    /// <inheritdoc/>
    public override string Description => "input and target as two texts";

    /// <inheritdoc/>
    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => [CommonColumns.Input("input"), CommonColumns.Target("target")];
}
