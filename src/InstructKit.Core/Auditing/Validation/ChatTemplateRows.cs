using InstructKit.Formats;
using InstructKit.Formats.Consumers;
using InstructKit.Sources;

namespace InstructKit.Auditing.Validation;

/// <summary>
/// Renders the conversations of data files with a chat template: reports rows on which it fails, whose mask is empty, or whose prompt is not a prefix of the whole. Shows
/// rows with the trained part marked.
/// </summary>
/// <param name="template">The template.</param>
/// <param name="report">Where findings go.</param>
/// <param name="limits">Bounds on the input.</param>
/// <param name="show">Receives a row's text with its trained part marked; null to show none.</param>
/// <param name="cancel">Cancels the work.</param>
internal sealed class ChatTemplateRows(ChatTemplate template, ValidationReport report, SourceLimits limits, Action<string>? show, CancellationToken cancel)
{
    /// <summary>Before and after the trained part.</summary>
    public const char Open = '⟦';

    /// <inheritdoc cref="Open"/>
    public const char Close = '⟧';

    private const int ShownRows = 1;

    private readonly ChatRenderer _renderer = new(template, cancel);
    private int _shown;

    /// <summary>Reads files.</summary>
    /// <exception cref="DiagnosticException">A file cannot be read.</exception>
    public void Run(IReadOnlyList<string> inputs, Stream? standardInput)
    {
        var feed = new RowFeed(limits);
        foreach (var input in ValidationInputs.Expand(inputs, static (_, _) => { }))
        {
            var taker = new Taker(this, input.Name, new JsonTape(limits));
            if (input.File is { } file) feed.Read(file, feed.FormOf(file, isTabSeparated: false), taker, cancel);
            else feed.Read(standardInput ?? Stream.Null, input.Name, isTabSeparated: false, taker, cancel);

            report.Files.Add(new ValidatedFile(input.Name, taker.Rows, taker.Bytes));
        }
    }

    /// <summary>A conversation with its trained part marked: the generation blocks, or else what remains when the prompt of each reply is masked.</summary>
    /// <param name="messages">JSON of each message.</param>
    /// <param name="tools">JSON of the tools; empty for none.</param>
    public string Marked(IReadOnlyList<byte[]> messages, ReadOnlySpan<byte> tools)
    {
        var whole = _renderer.Render(ListOf(messages, messages.Count), tools, addGenerationPrompt: false);
        if (whole.Text is not { } text) return $"The template fails: {whole.Error!.Message}";

        var spans = whole.Spans.Count > 0 ? whole.Spans : Replies(messages, tools, text);
        var marked = new StringBuilder(text.Length + 16);
        var at = 0;
        foreach (var (start, end) in spans)
        {
            if (start < at) continue;

            marked.Append(text, at, start - at).Append(Open).Append(text, start, end - start).Append(Close);
            at = end;
        }

        return marked.Append(text, at, text.Length - at).ToString();
    }

    private List<(int Start, int End)> Replies(IReadOnlyList<byte[]> messages, ReadOnlySpan<byte> tools, string text)
    {
        List<(int Start, int End)> spans = [];
        for (var i = 1; i < messages.Count; i++)
        {
            var tape = new JsonTape(limits);
            if (!tape.Read(messages[i], 0, messages[i].Length) || !tape.Root.Find("role"u8).Is("assistant"u8)) continue;

            var prompt = _renderer.Render(ListOf(messages, i), tools, addGenerationPrompt: true).Text;
            var part = i + 1 == messages.Count ? text : _renderer.Render(ListOf(messages, i + 1), tools, addGenerationPrompt: false).Text;
            if (prompt is not null && part is not null && text.StartsWith(prompt, StringComparison.Ordinal) && text.StartsWith(part, StringComparison.Ordinal) && part.Length >= prompt.Length)
                spans.Add((prompt.Length, part.Length));
        }

        return spans;
    }

    private static byte[] ListOf(IReadOnlyList<byte[]> messages, int count)
    {
        var list = new MemoryStream();
        list.Write("["u8);
        for (var i = 0; i < count; i++)
        {
            if (i > 0) list.Write(", "u8);
            list.Write(messages[i]);
        }

        list.Write("]"u8);
        return list.ToArray();
    }

    private void Check(string file, JsonNode row, RowPlace place)
    {
        List<byte[]> messages = [];
        var prompts = 0;
        foreach (var key in (ReadOnlySpan<string>)["messages", "prompt", "completion"])
        {
            var turns = row.Find(Encoding.UTF8.GetBytes(key));
            if (!turns.IsList) continue;

            foreach (var turn in turns) messages.Add(turn.Bytes.ToArray());

            if (key == "prompt") prompts = messages.Count;
        }

        if (messages.Count == 0)
        {
            Report(ConsumerCodes.MissingField, Severity.Error, "the row has no conversation: messages, or prompt and completion as lists of messages");
            return;
        }

        var tools = row.Find("tools"u8);
        var given = tools.IsList && tools.Count > 0 ? tools.Bytes.ToArray() : tools.IsText && !tools.IsBlank ? tools.AsBytes() : [];
        var whole = _renderer.Render(ListOf(messages, messages.Count), given, addGenerationPrompt: false);
        if (show is not null && _shown++ < ShownRows) show(Marked(messages, given));

        if (whole.Text is not { } text)
        {
            Report(ChatTemplateCodes.Fails, Severity.Error, $"the template fails on this row: {whole.Error!.Message}");
            return;
        }

        if (whole.Spans.Count > 0 && whole.Spans.All(span => span.Start == span.End)) Report(ConsumerCodes.NothingTrained, Severity.Error, "the generation blocks enclose nothing of this row: its mask sums to 0");

        // A reply is trained on after its prompt.
        prompts = prompts > 0 ? prompts : messages.Count - 1;
        if (prompts == 0 || prompts == messages.Count) return;

        var prompt = _renderer.Render(ListOf(messages, prompts), given, addGenerationPrompt: true).Text;
        if (prompt is not null && !text.StartsWith(prompt, StringComparison.Ordinal))
            Report(ChatTemplateCodes.NoPrefix, Severity.Warning, "the prompt of this row's last reply is not rendered to the beginning of the whole: the mask of a prompt shifts");

        void Report(string code, Severity severity, string message) => report.Add(ValidationReport.At(code, severity, file, place.Line - 1, place.Indent, message, template.Name));
    }

    private sealed class Taker(ChatTemplateRows rows, string file, JsonTape tape) : IRowTaker
    {
        public long Rows { get; private set; }

        public long Bytes { get; private set; }

        public void Row(byte[] buffer, int start, int length, RowPlace place)
        {
            Rows++;
            Bytes += length;
            if (!tape.Read(buffer, start, length)) Broken(tape.ErrorCode, tape.Error, place.Line, tape.ErrorOffset);
            else rows.Check(file, tape.Root, place);
        }

        public void Broken(string code, string message, long line, int column) =>
            rows.Report(ValidationReport.At(code, Severity.Error, file, line - 1, Math.Max(0, column), message, string.Empty));
    }

    private void Report(ValidationFinding finding) => report.Add(finding);
}
