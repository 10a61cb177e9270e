using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary>A row of an evaluation set: question, correct answers and provenance. Every column has one type in all rows of all sets, so that
/// loaders that infer types from the first rows read all sets alike.</summary>
internal static class EvaluationRow
{
    /// <summary>The columns.</summary>
    public static RecordSchema Schema { get; } = new(
    [
        new("id", ColumnType.Text),
        new("input", ColumnType.Text),
        new("target", ColumnType.Text),
        new("choices", ColumnType.Text, IsList: true),
        new("answer_index", ColumnType.Integer),
        new("answer_indexes", ColumnType.Integer, IsList: true),
        new("answers", ColumnType.Text, IsList: true),
        new("group", ColumnType.Text),
        new("metrics", ColumnType.Text, IsList: true),
        new("exemplars", ColumnType.Integer, IsList: true),
        new("option_order", ColumnType.Integer, IsList: true),
        new("task", ColumnType.Text),
        new("cluster", ColumnType.Text),
        new("template", ColumnType.Text),
        new("split", ColumnType.Text),
        new("row", ColumnType.Integer),
    ]);

    public static void Write(in Example example, RecordWriter record)
    {
        record.Begin();
        record.Text(example.Id);
        record.Text(example.Input);
        record.Text(example.Target);
        record.Texts(example.Options);
        record.Integer(example.AnswerIndex);
        CommonColumns.Integers(record, example.AnswerIndexes);
        record.Texts(example.Answers);
        record.Text(example.Group);
        CommonColumns.Texts(record, example.Origin.Metrics);
        CommonColumns.ExemplarRows(record, example.Exemplars);
        CommonColumns.Integers(record, example.OptionOrder);
        record.Text(example.Origin.Task);
        record.Text(example.Origin.Cluster);
        record.Text(example.Origin.Template);
        record.Text(example.Origin.Split);
        record.Integer(example.Row);
        record.End();
    }
}
