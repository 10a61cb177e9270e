using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary><c>alpaca</c>: Stanford Alpaca's columns, with <c>system</c> if a plan has a system text.</summary>
internal sealed class AlpacaFormat : ExampleFormat
{
    private static readonly SharedText Nothing = new(string.Empty);

    public override string Name => "alpaca";

    public override string Description => "instruction, input and output, as Alpaca has them";

    public override bool HasSystem => true;

    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) =>
    [
        CommonColumns.Input("instruction"),
        // The text of a template is the whole instruction; readers join the two if both are non-empty.
        CommonColumns.Text("input", "always empty", (in example, record) => record.Text(Nothing)),
        CommonColumns.Target("output"),
        .. settings.System is { } system ? [CommonColumns.Text("system", "the system text; empty where the instruction begins with the conversation's own", (in example, record) => record.Text(example.Conversation is { BeginsWithSystem: true } ? Nothing : system))] : Array.Empty<FormatColumn>(),
    ];
}
