using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary><c>flan</c>: the five columns of the Flan 2022 collection. Its template types say whether there are exemplars and whether the input offers the options.</summary>
internal sealed class FlanFormat : ExampleFormat
{
    private static readonly SharedText Flan2021 = new("Flan2021");
    private static readonly SharedText Custom = new("Custom");

    public override string Name => "flan";

    public override string Description => "inputs and targets with the metadata of the Flan 2022 collection";

    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) =>
    [
        CommonColumns.Input("inputs"),
        CommonColumns.Target("targets"),
        FormatColumn.OfOrigin(new("task_source", ColumnType.Text) { Meaning = "Flan2021 for a shipped task, Custom for one of your own" }, static (record, origin) => record.Text(origin.IsOwn ? Custom : Flan2021)),
        FormatColumn.OfOrigin(new("task_name", ColumnType.Text) { Meaning = "key of the task" }, static (record, origin) => record.Text(origin.Task)),
        CommonColumns.Text(
            "template_type", "fs where the input has exemplars, otherwise zs; opt where it offers the options, otherwise noopt",
            (in example, record) => record.Text(PromptShapes.TextOf(example.Shape))),
    ];
}
