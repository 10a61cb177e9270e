using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary><c>nemo-gym</c>: rows for NeMo Gym's resources servers. With options, those of <c>mcqa</c>: options under letters and the correct letter, found by
/// the text of the option through <c>output_regex</c>; without, question and answer of its math and judge servers.</summary>
internal sealed class NemoGymFormat : ExampleFormat
{
    private const int Letters = 26;

    // Requests cannot contain tool turns.
    private static readonly TurnNames NoTools = TurnNames.Plain with { Tool = TurnNames.Plain.User };

    private static readonly SharedText AnswerColon = new("lenient_answer_colon");

    // The first non-blank line: the target of a direct template.
    private static readonly SharedText FirstLine = new(@"\A\s*(.+)");

    public override string Name => "nemo-gym";

    public override string Description => "prompts with verifiable answers for NeMo Gym; direct templates only";

    public override IReadOnlyList<string> Containers => ["jsonl"];

    public override bool HasSystem => true;

    public override bool IsVerified => true;

    public override TextShape Shape => TextShape.Turns;

    internal override TurnSupport Turns { get; } = TurnSupport.Texts;

    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) =>
    [
        TurnColumns.PromptIn("responses_create_params", "input", NoTools, Turns, settings),
        CommonColumns.Text("question", "what the model is given", (in example, record) => record.Text(example.Input)),
        new(new("options", ColumnType.Json) { Meaning = "one object for each option, its letter and its text; null for none" }, WriteOptions) { NeedsAnswers = true },
        new(new("expected_answer", ColumnType.Text) { Meaning = "letter of the right option, or the answer where there are none" }, WriteAnswer) { NeedsAnswers = true },
        CommonColumns.Text("grading_mode", "how mcqa finds an answer without output_regex", (in example, record) => record.Text(AnswerColon)),
        new(
            new("template_metadata", ColumnType.Object, Fields: [new("output_regex", ColumnType.Text)]) { Meaning = "how it finds the answer: the task's pattern, or the first line" },
            (in example, record) =>
            {
                record.StartObject();
                record.Text(example.Origin.AnswerPattern.IsEmpty ? FirstLine : example.Origin.AnswerPattern);
                record.EndObject();
            }),
        CommonColumns.Text("uuid", "task, template, split and row", (in example, record) =>
        {
            record.StartText();
            foreach (var part in (ReadOnlySpan<SharedText>)[example.Origin.Task, example.Origin.Template, example.Origin.Split])
            {
                record.AddText(part);
                record.AddText(new ExampleText("/"u8, false));
            }

            Span<byte> digits = stackalloc byte[20];
            example.Row.TryFormat(digits, out var written);
            record.AddText(new ExampleText(digits[..written], false));
            record.EndText();
        }),
    ];

    private static bool HasLetters(in Example example) => example.Options.Count is > 0 and <= Letters && example.AnswerIndex >= 0;

    private static void WriteOptions(in Example example, RecordWriter record)
    {
        if (!HasLetters(in example))
        {
            record.Null();
            return;
        }

        var json = record.Scratch();
        for (var i = 0; i < example.Options.Count; i++)
        {
            json.AppendRaw(i == 0 ? "[{\""u8 : ",{\""u8);
            json.AppendByte((byte)('A' + i));
            json.AppendRaw("\":\""u8);
            example.Options[i].AppendTo(json);
            json.AppendRaw("\"}"u8);
        }

        json.AppendRaw("]"u8);
        record.Json(json.Written);
    }

    private static void WriteAnswer(in Example example, RecordWriter record)
    {
        if (HasLetters(in example)) record.Text(new ExampleText([(byte)('A' + example.AnswerIndex)], false));
        else record.Text(example.ExpectedAnswer);
    }
}
