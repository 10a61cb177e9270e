using System.Text.Json;
using InstructKit.Diagnostics;
using InstructKit.Examples;
using InstructKit.Tasks;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Formats;

/// <summary>
/// A model's chat template, which makes one text of the turns of a conversation, as the model sees it. What is trained on is what the template puts between
/// <c>{% generation %}</c> and its end; where it has no such tag, what follows the prompt with <c>add_generation_prompt</c>.
/// </summary>
public sealed class ChatTemplate
{
    /// <summary>What <c>strftime_now</c> gives: a build knows no clock, and this is the date that Llama's templates have for such cases.</summary>
    private static readonly DateTimeOffset Now = new(2024, 7, 26, 0, 0, 0, TimeSpan.Zero);

    private static readonly Value User = Value.From("user");
    private static readonly Value Assistant = Value.From("assistant");

    [ThreadStatic]
    private static Worker? Local;

    private readonly Template _template;
    private readonly List<KeyValuePair<string, Value>> _tokens;

    private ChatTemplate(Template template, List<KeyValuePair<string, Value>> tokens) => (_template, _tokens) = (template, tokens);

    /// <summary>Reads a template: a <c>tokenizer_config.json</c>, or a file of Jinja.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DiagnosticException">It cannot be read, or the template is wrong.</exception>
    public static ChatTemplate Load(LocatedName path)
    {
        try
        {
            var text = File.ReadAllText(path.Text);
            List<KeyValuePair<string, Value>> tokens = [];
            if (path.Text.EndsWith(".json", StringComparison.Ordinal)) text = FromConfig(text, tokens);

            return new ChatTemplate(Template.Parse(SourceText.FromText(path.Text, text), TemplateOptions.For(Dialect.Chat)), tokens);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            throw new DiagnosticException(
                new Diagnostic(TaskCodes.BadSetting, Severity.Error, $"The chat template '{path}' cannot be read: {exception.Message.TrimEnd('.')}.", path.Span)
                {
                    Hint = "It is a tokenizer_config.json with a 'chat_template', or a file of Jinja.",
                },
                exception);
        }
    }

    /// <summary>The text of an example; valid until the thread renders the next one.</summary>
    /// <param name="example">The example.</param>
    /// <param name="system">The system text; null for none.</param>
    /// <param name="spans">The parts that are trained on, in characters as Python counts them.</param>
    /// <exception cref="TemplateException">The template failed on this example.</exception>
    internal ReadOnlySpan<byte> Render(in Example example, SharedText? system, out List<(long Start, long End)> spans)
    {
        var text = RenderBytes(in example, system, splitsExemplars: false, out var marks);
        spans = [];
        foreach (var (start, end) in marks) spans.Add((Characters(text[..start]), Characters(text[..end])));
        return text;
    }

    /// <summary>As <see cref="Render"/>, with the parts that are trained on in bytes.</summary>
    /// <param name="example">The example.</param>
    /// <param name="system">The system text; null for none.</param>
    /// <param name="splitsExemplars">True for exemplars as turns of their own, false for the whole prompt as one turn.</param>
    /// <param name="marks">The parts that are trained on.</param>
    internal ReadOnlySpan<byte> RenderBytes(in Example example, SharedText? system, bool splitsExemplars, out List<(int Start, int End)> marks)
    {
        var worker = Local ??= new Worker();
        List<Value> turns = [];
        if (system is not null) turns.Add(Turn(Value.From("system"), system.Plain));
        for (var i = 0; splitsExemplars && i < example.Exemplars.Count; i++)
        {
            turns.Add(Turn(User, example.Exemplars[i].Input));
            turns.Add(Turn(Assistant, example.Exemplars[i].Target));
        }

        turns.Add(Turn(User, splitsExemplars && example.Exemplars.Count > 0 ? example.Query : example.Input));
        worker.Run(_template, Variables(turns, prompt: true), worker.Prompt, null);
        turns.Add(Turn(Assistant, example.Target));
        marks = [];
        worker.Run(_template, Variables(turns, prompt: false), worker.Whole, marks);
        var text = worker.Whole.Written;
        if (marks.Count == 0 && text.StartsWith(worker.Prompt.Written)) marks.Add((worker.Prompt.Length, text.Length));
        return text;
    }

    private static long Characters(ReadOnlySpan<byte> text)
    {
        var count = 0L;
        foreach (var one in text)
        {
            if ((one & 0xC0) != 0x80) count++;
        }

        return count;
    }

    private static Value Turn(Value role, ExampleText content) =>
        Value.FromPairs([new("role", role), new("content", Value.FromUtf8(content.IsEscaped ? JsonEscapes.Unescape(content.Bytes) : content.Bytes))]);

    private Value Variables(List<Value> turns, bool prompt) => Value.FromPairs(
    [
        .. _tokens,
        new("messages", Value.FromList(turns)),
        new("add_generation_prompt", Value.From(prompt)),
        new("tools", Value.None),
        new("documents", Value.None),
    ]);

    // The special tokens are texts or objects with one; of several templates the default one counts.
    private static string FromConfig(string text, List<KeyValuePair<string, Value>> tokens)
    {
        using var json = JsonDocument.Parse(text);
        if (json.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("it is not a JSON object");

        foreach (var member in json.RootElement.EnumerateObject().Where(member => member.Name.EndsWith("_token", StringComparison.Ordinal)))
        {
            var token = member.Value.ValueKind == JsonValueKind.Object && member.Value.TryGetProperty("content", out var content) ? content : member.Value;
            if (token.ValueKind == JsonValueKind.String) tokens.Add(new(member.Name, Value.From(token.GetString()!))); // it is a string
        }

        if (!json.RootElement.TryGetProperty("chat_template", out var template)) throw new JsonException("it has no 'chat_template'");

        if (template.ValueKind == JsonValueKind.Array)
        {
            template = template.EnumerateArray().FirstOrDefault(one => one.ValueKind == JsonValueKind.Object && one.TryGetProperty("name", out var name) && name.ValueEquals("default"));
            if (template.ValueKind != JsonValueKind.Object || !template.TryGetProperty("template", out template)) throw new JsonException("none of its chat templates is called 'default'");
        }

        return template.ValueKind == JsonValueKind.String ? template.GetString()! : throw new JsonException("its 'chat_template' is not a text"); // it is a string
    }

    /// <summary>What a thread renders with.</summary>
    private sealed class Worker
    {
        private readonly RenderContext _context = new(new RenderLimits()) { Now = Now };

        public Utf8Output Prompt { get; } = new();

        public Utf8Output Whole { get; } = new();

        public void Run(Template template, Value variables, Utf8Output output, List<(int Start, int End)>? marks)
        {
            output.Length = 0;
            _context.BeginRow([], []);
            _context.Variables = variables;
            (_context.Marks, _context.Marked) = (marks, output);
            try
            {
                template.Render(_context, output);
            }
            finally
            {
                (_context.Marks, _context.Marked, _context.Variables) = (null, null, Value.Undefined);
            }
        }
    }
}
