namespace InstructKit.Formats;

/// <summary><c>t5-tsv</c>: one line per example, for T5's reader, which supports neither quotes nor a header.</summary>
internal sealed class T5TsvFormat : ExampleFormat
{
    public override string Name => "t5-tsv";

    public override string Description => "inputs and targets with a tab between, for T5; tabs and line ends are escaped";

    public override IReadOnlyList<string> Containers => ["tsv"];

    public override bool TakesMoreColumns => false;

    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => [CommonColumns.Input("inputs"), CommonColumns.Target("targets")];
}
