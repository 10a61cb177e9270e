using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary>
/// <c>pair</c>: <c>input</c> and <c>target</c>, in held-out splits <c>choices</c>, <c>answer_index</c>, <c>answers</c> and <c>group</c>, then the provenance
/// <c>task</c>, <c>cluster</c>, <c>template</c>, <c>kind</c>, <c>split</c>, <c>row</c>. A template without options has an empty list and the index -1, a row without a group the empty text.
/// </summary>
internal sealed class PairFormat : IExampleFormat
{
    private static readonly Column[] Scoring =
    [
        new("choices", ColumnType.Text, IsList: true),
        new("answer_index", ColumnType.Integer),
        new("answers", ColumnType.Text, IsList: true),
        new("group", ColumnType.Text),
    ];

    private static readonly RecordSchema Plain = Of([]);
    private static readonly RecordSchema Scored = Of(Scoring);

    /// <inheritdoc/>
    public string Name => "pair";

    /// <inheritdoc/>
    public string Description => "input and target, with task, cluster, template and row; options, answers and group in held-out splits";

    /// <inheritdoc/>
    public RecordSchema Schema(bool scored) => scored ? Scored : Plain;

    /// <inheritdoc/>
    public void Write(in Example example, bool scored, RecordWriter record)
    {
        record.Text(example.Input);
        record.Text(example.Target);
        if (scored)
        {
            record.Texts(example.Options);
            record.Integer(example.AnswerIndex);
            record.Texts(example.Answers);
            record.Text(example.Group);
        }

        record.Shared(example.Origin, static (record, origin) =>
        {
            record.Text(origin.Task);
            record.Text(origin.Cluster);
            record.Text(origin.Template);
            record.Text(origin.Kind);
            record.Text(origin.Split);
        });
        record.Integer(example.Row);
    }

    private static RecordSchema Of(Column[] scoring) => new(
    [
        new("input", ColumnType.Text),
        new("target", ColumnType.Text),
        .. scoring,
        new("task", ColumnType.Text),
        new("cluster", ColumnType.Text),
        new("template", ColumnType.Text),
        new("kind", ColumnType.Text),
        new("split", ColumnType.Text),
        new("row", ColumnType.Integer),
    ]);
}
