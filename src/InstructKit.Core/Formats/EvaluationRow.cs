using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary>A row of an evaluation set: question, correct answers and provenance. Every column has one type in all rows of all sets, so that
/// loaders that infer types from the first rows read all sets alike.</summary>
internal static class EvaluationRow
{
    private static readonly RecordLayout Layout = RecordLayout.Of(
    [
        CommonColumns.Scoring[0],
        CommonColumns.Input("input"),
        CommonColumns.Target("target"),
        .. CommonColumns.Scoring.Skip(1),
        new(new("exemplars", ColumnType.Integer, IsList: true), static (in example, record) => CommonColumns.ExemplarRows(record, example.Exemplars)),
        new(new("option_order", ColumnType.Integer, IsList: true), static (in example, record) => CommonColumns.Integers(record, example.OptionOrder)),
        .. CommonColumns.Provenance.Where(column => column.Column.Name != "kind"),
    ]);

    /// <summary>The columns.</summary>
    public static RecordSchema Schema => Layout.Schema;

    public static void Write(in Example example, RecordWriter record)
    {
        record.Begin();
        Layout.Write(in example, record);
        record.End();
    }
}
