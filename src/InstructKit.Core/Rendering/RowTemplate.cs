using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Rendering;

/// <summary>A compiled template with its output form.</summary>
internal sealed class RowTemplate
{
    private readonly Template? _text;
    private readonly PromptsourceTemplate? _pieces;

    private RowTemplate(Template? text, PromptsourceTemplate? pieces)
    {
        _text = text;
        _pieces = pieces;
    }

    /// <summary>Compiles a template.</summary>
    /// <exception cref="DiagnosticException">The text is not a template.</exception>
    public static RowTemplate Compile(SourceText template, SourceText? choices, TemplateOptions options, RenderRequest request) =>
        request.Dialect == Dialect.Promptsource
            ? new RowTemplate(null, PromptsourceTemplate.Parse(template, choices, options, request.Promptsource))
            : new RowTemplate(Template.Parse(template, options), null);

    /// <summary>Renders the row of the context and appends the output object, without a line end.</summary>
    /// <exception cref="DiagnosticException">The template failed on this row; roll the output back.</exception>
    public void Write(RenderContext context, Utf8Output output)
    {
        if (_pieces is not null)
        {
            WritePieces(_pieces, context, output);
            return;
        }

        output.AppendRaw("{\"output\": \""u8);
        _text!.Render(context, output); // one of the two is there
        output.AppendRaw("\"}"u8);
    }

    private static void WritePieces(PromptsourceTemplate template, RenderContext context, Utf8Output output)
    {
        var result = template.Apply(context);
        output.AppendRaw("{\"pieces\": "u8);
        WriteTexts(result.Pieces, output);
        output.AppendRaw(", \"choices\": "u8);
        if (result.Choices is { } choices)
        {
            // Other tools compare them with promptsource's own list.
            WriteTexts(choices.Any(HasStroke) ? template.OriginalChoices(context) ?? choices : choices, output);
        }
        else
        {
            output.AppendRaw("null"u8);
        }

        output.AppendRaw("}"u8);
    }

    private static bool HasStroke(Value choice) => choice.TryGetText(out var text) && text.Contains((byte)'|');

    private static void WriteTexts(IReadOnlyList<Value> texts, Utf8Output output)
    {
        output.AppendRaw("["u8);
        for (var i = 0; i < texts.Count; i++)
        {
            output.AppendRaw(i > 0 ? ", \""u8 : "\""u8);
            texts[i].AppendText(output);
            output.AppendRaw("\""u8);
        }

        output.AppendRaw("]"u8);
    }
}

/// <summary>Writes the output of a failed row.</summary>
internal static class ErrorObject
{
    /// <summary>Appends the object for a diagnostic; line and column are its own, or those of the input if it has none.</summary>
    public static void Write(Diagnostic diagnostic, long inputLine, Utf8Output output)
    {
        var place = diagnostic.Span?.Start;
        Write(
            diagnostic.Code, diagnostic.Hint is null ? diagnostic.Message : $"{diagnostic.Message} {diagnostic.Hint}", place?.Line + 1 ?? inputLine,
            place?.Column + 1 ?? 1, output);
    }

    /// <summary>Appends the object; line and column are one-based.</summary>
    public static void Write(string code, string message, long line, long column, Utf8Output output)
    {
        output.AppendRaw("{\"error\": {\"code\": \""u8);
        output.AppendText(code);
        output.AppendRaw("\", \"message\": \""u8);
        output.AppendText(message);
        output.AppendRaw(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\", \"line\": {line}, \"column\": {column}}}}}")));
    }
}
