using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary><c>rlvr</c>: open-instruct's rows. <c>dataset</c> names the verifier: <c>gsm8k</c> compares the last number of a response, <c>flan</c> the
/// normalised text, <c>string_f1</c> words.</summary>
internal sealed class RlvrFormat : ExampleFormat
{
    private static readonly SharedText LastNumber = new("gsm8k");
    private static readonly SharedText Normalized = new("flan");
    private static readonly SharedText Words = new("string_f1");

    public override string Name => "rlvr";

    public override string Description => "prompts with verifiable answers for open-instruct; direct templates only";

    public override IReadOnlyList<string> Containers => ["jsonl", "parquet", "parquet-zstd"];

    public override bool HasSystem => true;

    public override bool IsVerified => true;

    public override TextShape Shape => TextShape.Turns;

    internal override TurnSupport Turns { get; } = TurnSupport.Texts;

    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) =>
    [
        TurnColumns.Prompt("messages", TurnNames.Plain, Turns, settings),
        new(new("ground_truth", ColumnType.Text) { Meaning = "the right answer" }, (in example, record) => record.Text(example.ExpectedAnswer)) { NeedsAnswers = true },
        FormatColumn.OfOrigin(new("dataset", ColumnType.Text) { Meaning = "the verifier: gsm8k for numbers, flan for options and lines, string_f1 for texts" }, static (record, origin) => record.Text(VerifierOf(origin))),
        FormatColumn.OfOrigin(new("answer_format", ColumnType.Text) { Meaning = "what the answer is: text, line, option or number" }, static (record, origin) => record.Text(origin.AnswerFormat)),
        FormatColumn.OfOrigin(new("answer_pattern", ColumnType.Text) { Meaning = "regular expression that finds it; empty for none" }, static (record, origin) => record.Text(origin.AnswerPattern)),
        new(new("choices", ColumnType.Text, IsList: true) { Meaning = "answer options" }, (in example, record) => record.Texts(example.Options)) { NeedsAnswers = true },
    ];

    private static SharedText VerifierOf(ExampleOrigin origin) => origin.AnswerFormat.Plain.ToString() switch
    {
        "number" => LastNumber,
        "option" or "line" => Normalized,
        _ => Words,
    };
}
