namespace InstructKit.Formats;

/// <summary><c>t5-tsv</c>: one line an example, for T5's reader, which knows neither quotes nor a header.</summary>
internal sealed class T5TsvFormat : ExampleFormat
{
    /// <inheritdoc/>
    public override string Name => "t5-tsv";

    /// <inheritdoc/>
    public override string Description => "inputs and targets with a tab between, for T5; tabs and line ends are escaped";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Containers => ["tsv"];

    /// <inheritdoc/>
    public override bool TakesMoreColumns => false;

    /// <inheritdoc/>
    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => [CommonColumns.Input("inputs"), CommonColumns.Target("targets")];
}
