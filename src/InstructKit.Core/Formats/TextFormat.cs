namespace InstructKit.Formats;

/// <summary><c>text</c>: one text for plain language modelling.</summary>
internal sealed class TextFormat : ExampleFormat
{
    /// <inheritdoc/>
    public override string Name => "text";

    /// <inheritdoc/>
    public override string Description => "prompt and completion as one text, for training on all of it";

    /// <inheritdoc/>
    public override IReadOnlyList<FormatColumn> Columns(FormatSettings settings) =>
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
}
