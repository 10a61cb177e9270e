using InstructKit.Examples;
using InstructKit.Text;

namespace InstructKit.Formats;

/// <summary>
/// A row of an evaluation set: what is asked, what is right, and where it comes from. Every column has one type in all rows of all sets, so that loaders that guess
/// types from the first rows read all sets alike.
/// </summary>
/// <param name="metrics">Metrics of the task.</param>
internal sealed class EvaluationRow(IReadOnlyList<string> metrics)
{
    private readonly SharedText[] _metrics = [.. metrics.Select(metric => new SharedText(metric))];
    private readonly Utf8Output _id = new(128);

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
        new("task", ColumnType.Text),
        new("cluster", ColumnType.Text),
        new("template", ColumnType.Text),
        new("split", ColumnType.Text),
        new("row", ColumnType.Integer),
    ]);

    /// <summary>Writes an example.</summary>
    public void Write(in Example example, RecordWriter record)
    {
        _id.Length = 0;
        ExampleId.Append(example, _id);
        record.Begin();
        record.Text(new ExampleText(_id.Written, false));
        record.Text(example.Input);
        record.Text(example.Target);
        record.Texts(example.Options);
        record.Integer(example.AnswerIndex);
        record.StartList();
        foreach (var index in example.AnswerIndexes) record.Integer(index);
        record.EndList();
        record.Texts(example.Answers);
        record.Text(example.Group);
        record.StartList();
        foreach (var metric in _metrics) record.Text(metric);
        record.EndList();
        record.Text(example.Origin.Task);
        record.Text(example.Origin.Cluster);
        record.Text(example.Origin.Template);
        record.Text(example.Origin.Split);
        record.Integer(example.Row);
        record.End();
    }
}
