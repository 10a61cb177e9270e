using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary><c>verl</c>: a prompt and the truth for a rule. verl's own rules only handle the data sources that they were written for, so ours need a custom
/// reward function; how to extract the answer is in <c>extra_info</c>.</summary>
internal sealed class VerlFormat : ExampleFormat
{
    private static readonly SharedText Rule = new("rule");

    public override string Name => "verl";

    public override string Description => "prompts with verifiable answers for verl's reward functions; direct templates only";

    public override IReadOnlyList<string> Containers => ["parquet", "parquet-zstd", "jsonl", "json"];

    public override bool HasSystem => true;

    public override bool IsVerified => true;

    public override TextShape Shape => TextShape.Turns;

    internal override TurnSupport Turns { get; } = TurnSupport.Texts;

    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) =>
    [
        FormatColumn.OfOrigin(new("data_source", ColumnType.Text) { Meaning = "key of the task" }, static (record, origin) => record.Text(origin.Task)),
        TurnColumns.Prompt("prompt", TurnNames.Plain, Turns, settings),
        FormatColumn.OfOrigin(new("ability", ColumnType.Text) { Meaning = "cluster of the task" }, static (record, origin) => record.Text(origin.Cluster)),
        new(
            new("reward_model", ColumnType.Object, Fields: [new("style", ColumnType.Text), new("ground_truth", ColumnType.Text)]) { Meaning = "the right answer as text" },
            (in example, record) =>
            {
                record.StartObject();
                record.Text(Rule);
                record.Text(example.ExpectedAnswer);
                record.EndObject();
            }) { NeedsAnswers = true },
        new(
            new("extra_info", ColumnType.Object, Fields:
            [
                new("split", ColumnType.Text), new("index", ColumnType.Integer), new("answers", ColumnType.Text, IsList: true), new("choices", ColumnType.Text, IsList: true),
                new("answer_format", ColumnType.Text), new("answer_pattern", ColumnType.Text), new("answer_match", ColumnType.Text),
            ]) { Meaning = "split and row of the source, all right answers, the options, and how the answer is found" },
            (in example, record) =>
            {
                record.StartObject();
                record.Text(example.Origin.Split);
                record.Integer(example.Row);
                record.Texts(example.Answers);
                record.Texts(example.Options);
                record.Text(example.Origin.AnswerFormat);
                record.Text(example.Origin.AnswerPattern);
                record.Text(example.Origin.AnswerMatch);
                record.EndObject();
            }) { NeedsAnswers = true },
    ];
}
