using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary><c>text</c>: one text for plain language modelling. With a chat template it is the conversation as seen by the model, and <c>trained</c> has the
/// trained parts.</summary>
internal sealed class TextFormat : ExampleFormat
{
    public override string Name => "text";

    public override string Description => "prompt and completion as one text; with --chat-template as a model sees the turns";

    public override TextShape Shape => TextShape.Joined;

    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) => settings.ChatTemplate is { } template ? Rendered(template, settings.System, TurnSupport.All.FormOf(settings.Turns)) :
    [
        CommonColumns.Text("text", "input, separator and target", (in example, record) =>
        {
            record.StartText();
            record.AddText(example.Input);
            record.AddText(settings.PromptEnd);
            record.AddText(settings.CompletionStart);
            record.AddText(example.Target);
            record.EndText();
        }),
    ];

    private static FormatColumn[] Rendered(ChatTemplate template, SharedText? system, ReasoningForm form) =>
    [
        CommonColumns.Text("text", "the turns in the chat template", (in example, record) => record.Text(new ExampleText(template.Render(in example, system, form, out _), false))),
        new(
            new("trained", ColumnType.Object, IsList: true, Fields: [new("start", ColumnType.Integer), new("end", ColumnType.Integer)]) { Meaning = "characters of the text that are trained on" },
            (in example, record) =>
            {
                template.Render(in example, system, form, out var spans);
                record.StartList();
                foreach (var (start, end) in spans)
                {
                    record.StartObject();
                    record.Integer(start);
                    record.Integer(end);
                    record.EndObject();
                }

                record.EndList();
            }),
    ];
}
