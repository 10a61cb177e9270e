using InstructKit.Formats;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Auditing.Validation;

/// <summary>Result of rendering a conversation with a template.</summary>
/// <param name="Text">The text; null when it failed.</param>
/// <param name="Spans">The ranges of generation blocks: starts and ends in the text.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record ChatRendering(string? Text, IReadOnlyList<(int Start, int End)> Spans, Diagnostic? Error)
{
    /// <summary>True when a range is inside one of the spans.</summary>
    public bool Covers(int start, int end) => Spans.Any(span => span.Start <= start && end <= span.End);
}

/// <summary>Renders conversations with one template.</summary>
/// <param name="template">The template.</param>
/// <param name="cancel">Cancels a render.</param>
internal sealed class ChatRenderer(ChatTemplate template, CancellationToken cancel)
{
    // The date used in transformers' own tests; the result for templates that print a date must not depend on the day.
    private static readonly DateTimeOffset Noon = new(2025, 7, 10, 12, 0, 0, TimeSpan.Zero);

    private readonly RenderContext _context = new(TemplateOptions.For(Dialect.Chat).Limits) { Now = Noon, Cancellation = cancel };
    private readonly Utf8Output _output = new();

    /// <summary>Renders messages.</summary>
    /// <param name="messages">JSON of the list of messages.</param>
    /// <param name="tools">JSON of the list of tools; empty for none.</param>
    /// <param name="addGenerationPrompt">Whether to append the generation prompt.</param>
    public ChatRendering Render(ReadOnlySpan<byte> messages, ReadOnlySpan<byte> tools, bool addGenerationPrompt)
    {
        var variables = new Utf8Output();
        variables.AppendRaw("{\"messages\": "u8);
        variables.AppendRaw(messages);
        variables.AppendRaw(", \"tools\": "u8);
        variables.AppendRaw(tools.IsEmpty ? "null"u8 : tools);
        variables.AppendRaw(", \"documents\": null, \"add_generation_prompt\": "u8);
        variables.AppendRaw(addGenerationPrompt ? "true"u8 : "false"u8);
        foreach (var (name, token) in template.Tokens.Count > 0 ? template.Tokens : Defaults)
        {
            variables.AppendRaw(Encoding.UTF8.GetBytes($", \"{name}\": \""));
            variables.JsonEscaped = true;
            variables.AppendText(token);
            variables.JsonEscaped = false;
            variables.AppendRaw("\""u8);
        }

        variables.AppendRaw("}"u8);
        List<(int Start, int End)> marks = [];
        try
        {
            template.Render(_context, Value.FromJson(variables.Written), _output, marks);
        }
        catch (DiagnosticException failure)
        {
            return new ChatRendering(null, [], failure.Diagnostics[0]);
        }

        // Marks are in bytes; strings use UTF-16 units.
        return new ChatRendering(Encoding.UTF8.GetString(_output.Written), [.. marks.Select(mark => (Units(mark.Start), Units(mark.End)))], null);
    }

    // A template file does not define the special tokens.
    private static IReadOnlyDictionary<string, string> Defaults { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["bos_token"] = "<s>", ["eos_token"] = "</s>" };

    private int Units(int bytes) => Encoding.UTF8.GetCharCount(_output.Written[..bytes]);
}
