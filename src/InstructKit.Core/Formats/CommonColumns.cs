using System.Buffers.Text;
using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary>Columns common to several formats.</summary>
internal static class CommonColumns
{
    /// <summary>Columns for scoring in scored splits: options, answers and names. A template without options has an empty list and the index -1; the row
    /// numbers of exemplars are in the column with all their details (<see cref="TraceColumns"/>).</summary>
    public static IReadOnlyList<FormatColumn> Scoring { get; } =
    [
        new(new("id", ColumnType.Text) { Meaning = "name of the example: task, split, row, template, and a hash of what is shown" }, static (in example, record) => record.Text(example.Id)) { IsScoredOnly = true, NeedsAnswers = true },
        new(new("choices", ColumnType.Text, IsList: true) { Meaning = "answer options" }, (in example, record) => record.Texts(example.Options)) { IsScoredOnly = true, NeedsAnswers = true },
        new(new("answer_index", ColumnType.Integer) { Meaning = "the correct one among them, from 0; -1 for none" }, (in example, record) => record.Integer(example.AnswerIndex)) { IsScoredOnly = true, NeedsAnswers = true },
        new(new("answer_indexes", ColumnType.Integer, IsList: true) { Meaning = "all right ones among them, that one first" }, static (in example, record) => Integers(record, example.AnswerIndexes)) { IsScoredOnly = true, NeedsAnswers = true },
        new(new("answers", ColumnType.Text, IsList: true) { Meaning = "all right answers" }, (in example, record) => record.Texts(example.Answers)) { IsScoredOnly = true, NeedsAnswers = true },
        new(new("group", ColumnType.Text) { Meaning = "what the row shares with rows that belong to it; empty for none" }, (in example, record) => record.Text(example.Group)) { IsScoredOnly = true },
        new(new("metrics", ColumnType.Text, IsList: true) { Meaning = "metrics of the task, the first one for summaries" }, static (in example, record) => Texts(record, example.Origin.Metrics)) { IsScoredOnly = true },
    ];

    /// <summary>The provenance of an example.</summary>
    public static IReadOnlyList<FormatColumn> Provenance { get; } =
    [
        FormatColumn.OfOrigin(new("task", ColumnType.Text) { Meaning = "key of the task" }, static (record, origin) => record.Text(origin.Task)),
        FormatColumn.OfOrigin(new("cluster", ColumnType.Text) { Meaning = "its cluster" }, static (record, origin) => record.Text(origin.Cluster)),
        FormatColumn.OfOrigin(new("template", ColumnType.Text) { Meaning = "id of the template" }, static (record, origin) => record.Text(origin.Template)),
        FormatColumn.OfOrigin(new("kind", ColumnType.Text) { Meaning = "what the template asks for, such as direct or inverse" }, static (record, origin) => record.Text(origin.Kind)),
        FormatColumn.OfOrigin(new("split", ColumnType.Text) { Meaning = "split of the source" }, static (record, origin) => record.Text(origin.Split)),
        new(new("row", ColumnType.Integer) { Meaning = "number of the row in it, from 0" }, (in example, record) => record.Integer(example.Row)),
    ];

    public static void Integers(RecordWriter record, ReadOnlySpan<int> numbers)
    {
        record.StartList();
        foreach (var number in numbers) record.Integer(number);
        record.EndList();
    }

    public static void Texts(RecordWriter record, IReadOnlyList<SharedText> texts)
    {
        record.StartList();
        foreach (var text in texts) record.Text(text);
        record.EndList();
    }

    /// <summary>Writes the row numbers of exemplars.</summary>
    public static void ExemplarRows(RecordWriter record, ExemplarBuffer exemplars)
    {
        record.StartList();
        for (var i = 0; i < exemplars.Count; i++) record.Integer(exemplars[i].Row);
        record.EndList();
    }

    /// <summary>The columns of packed sequences, with either mask.</summary>
    public static IReadOnlyList<Column> Sequence { get; } =
    [
        new("input_ids", ColumnType.Integer, IsList: true) { Meaning = "token ids of the examples, concatenated" },
        new("labels", ColumnType.Integer, IsList: true) { Meaning = "the id where a token is trained on, -100 elsewhere; not shifted" },
        new("loss_mask", ColumnType.Integer, IsList: true) { Meaning = "in place of labels with --pack-mask loss_mask: 1 where a token is trained on, 0 elsewhere" },
        new("position_ids", ColumnType.Integer, IsList: true) { Meaning = "position of a token in its example, from 0" },
        new("segment_ids", ColumnType.Integer, IsList: true) { Meaning = "number of the example in the sequence, from 1; 0 for padding" },
    ];

    public static FormatColumn Text(string name, string meaning, ColumnValue write) => new(new Column(name, ColumnType.Text) { Meaning = meaning }, write);

    /// <summary>The model's input.</summary>
    public static FormatColumn Input(string name) => Text(name, "what the model is given", (in example, record) => record.Text(example.Input));

    /// <summary>The expected output.</summary>
    public static FormatColumn Target(string name) => Text(name, "what the model should answer", (in example, record) => record.Text(example.Target));

    /// <summary>The lengths of an example as seen by a trainer.</summary>
    /// <param name="unit">Their unit, <c>tokens</c> or <c>words</c>; null for no columns.</param>
    public static IEnumerable<FormatColumn> Lengths(string? unit) => unit is null ? [] :
    [
        new(new($"input_{unit}", ColumnType.Integer) { Meaning = $"{unit} that the model is given" }, (in example, record) => record.Integer(example.Length.Input)),
        new(new($"target_{unit}", ColumnType.Integer) { Meaning = $"{unit} that are trained on, with what ends the text" }, (in example, record) => record.Integer(example.Length.Target)),
    ];

    /// <summary>The carried columns of tasks.</summary>
    public static IEnumerable<FormatColumn> Carried(IReadOnlyList<Column> columns) =>
        columns.Select((column, number) => new FormatColumn(column, (in example, record) => Write(record, example.Carried(number), column)));

    private static void Write(RecordWriter record, RowValue value, Column column)
    {
        switch (column.Type)
        {
            case ColumnType.Text when value.Kind is CellKind.Text or CellKind.EscapedText: record.Text(value.Text); break;
            case ColumnType.Integer when Utf8Parser.TryParse(value.Bytes, out long integer, out var read) && read == value.Bytes.Length:
                record.Integer(integer);
                break;
            case ColumnType.Integer when value.Kind == CellKind.Integer:
                record.Fault = $"The column '{column.Name}' is written as a 64-bit integer, found {value.Text.ToString()}. Declare it as string in the task file to carry it as text.";
                record.Null();
                break;
            case ColumnType.Number when value.Kind is CellKind.Integer or CellKind.Float: record.Number(value.Bytes); break;
            case ColumnType.Boolean when value.Kind is CellKind.True or CellKind.False: record.Boolean(value.Kind == CellKind.True); break;
            case ColumnType.Json when value.Kind is CellKind.Text or CellKind.EscapedText: record.JsonText(value.Text); break;
            case ColumnType.Json when value.Kind is CellKind.True or CellKind.False:
                record.Json(value.Kind == CellKind.True ? "true"u8 : "false"u8);
                break;
            case ColumnType.Json when value.Kind is not (CellKind.Null or CellKind.Missing): record.Json(value.Bytes); break;
            default: record.Null(); break;
        }
    }
}
