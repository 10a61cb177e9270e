using System.Text.Json;
using InstructKit.Examples;
using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Tasks;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Formats;

/// <summary>A model's chat template, which renders the turns of a conversation to one text, as seen by the model. The trained part is what the template puts
/// between <c>{% generation %}</c> and its end; without such a tag, what follows the prompt with <c>add_generation_prompt</c>.</summary>
public sealed class ChatTemplate
{
    /// <summary>The result of <c>strftime_now</c>: a build has no clock, and this is the fallback date of Llama's templates.</summary>
    private static readonly DateTimeOffset Now = new(2024, 7, 26, 0, 0, 0, TimeSpan.Zero);

    private static readonly Value User = Value.From("user");
    private static readonly Value Assistant = Value.From("assistant");

    [ThreadStatic]
    private static Worker? Local;

    private readonly Template _template;

    private ChatTemplate(string name, SourceText source, IReadOnlyDictionary<string, string> tokens, bool? addsBos)
    {
        _template = Template.Parse(source, TemplateOptions.For(Dialect.Chat));
        (Name, Source, Tokens, AddsBos) = (name, source, tokens, addsBos);
    }

    /// <summary>The file, and the template's own name if a file has several.</summary>
    internal string Name { get; }

    internal SourceText Source { get; }

    /// <summary>Special tokens by name, such as <c>eos_token</c>; empty for a file with only the template.</summary>
    internal IReadOnlyDictionary<string, string> Tokens { get; }

    /// <summary>True when the tokenizer adds the BOS token itself; null if unspecified.</summary>
    internal bool? AddsBos { get; }

    /// <summary>The token at the end of a turn; null if the file names none.</summary>
    internal string? EndToken => Tokens.GetValueOrDefault("eos_token");

    /// <summary>Reads a template: a <c>tokenizer_config.json</c>, or a file of Jinja. Of several templates in one file the one named <c>default</c> is used.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DiagnosticException">It cannot be read (IK2023), or the template is invalid.</exception>
    public static ChatTemplate Load(LocatedName path)
    {
        try
        {
            var templates = LoadAll(path.Text, TaskCodes.BadSetting);
            return templates.Count == 1 ? templates[0] : templates.FirstOrDefault(template => template.Name == NameOf(path.Text, "default"))
                ?? throw SourceError.InFile(TaskCodes.BadSetting, path.Text, "none of its chat templates is called 'default'");
        }
        catch (DiagnosticException exception) when (TextFile.IsUnreadable(exception) || exception.Diagnostics[0].Code == TaskCodes.BadSetting)
        {
            throw new DiagnosticException(
                new Diagnostic(TaskCodes.BadSetting, Severity.Error, $"The chat template '{path}' cannot be read: {exception.Diagnostics[0].Message.TrimEnd('.')}.", path.Span)
                { Hint = "It is a tokenizer_config.json with a 'chat_template', or a file of Jinja." },
                exception);
        }
    }

    /// <summary>All templates of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="code">Code of the error for a file without a template.</param>
    /// <exception cref="DiagnosticException">The file cannot be read, has no template, or an invalid one (IK10xx).</exception>
    internal static IReadOnlyList<ChatTemplate> LoadAll(string path, string code)
    {
        var source = TextFile.Load(path);
        var text = source.Text.AsSpan().TrimStart();
        var isTemplate = !path.EndsWith(".json", StringComparison.Ordinal) && (text is not ['{', ..] || text is ['{', '%' or '{' or '#', ..]);
        if (isTemplate) return [new ChatTemplate(path, source, new Dictionary<string, string>(), null)];

        try
        {
            using var json = JsonDocument.Parse(source.Text, new JsonDocumentOptions { MaxDepth = 1000 });
            return json.RootElement.ValueKind == JsonValueKind.Object ? FromConfig(path, json.RootElement, code) : throw SourceError.InFile(code, path, "it is not a JSON object");
        }
        catch (JsonException exception)
        {
            throw SourceError.InFile(code, path, $"it is not JSON: {exception.Message.TrimEnd('.')}", exception);
        }
    }

    // A token is its text, or an object with it.
    private static List<ChatTemplate> FromConfig(string path, JsonElement config, string code)
    {
        Dictionary<string, string> tokens = new(StringComparer.Ordinal);
        foreach (var member in config.EnumerateObject().Where(member => member.Name.EndsWith("_token", StringComparison.Ordinal)))
        {
            var token = member.Value.ValueKind == JsonValueKind.Object && member.Value.TryGetProperty("content", out var content) ? content : member.Value;
            if (token.ValueKind == JsonValueKind.String) tokens[member.Name] = token.GetString()!; // it is a string
        }

        bool? adds = config.TryGetProperty("add_bos_token", out var flag) && flag.ValueKind is JsonValueKind.True or JsonValueKind.False ? flag.ValueKind == JsonValueKind.True : null;
        List<ChatTemplate> found = [];
        if (!config.TryGetProperty("chat_template", out var given)) throw SourceError.InFile(code, path, "it has no 'chat_template'; newer models have theirs in chat_template.jinja");

        if (given.ValueKind == JsonValueKind.String) found.Add(new ChatTemplate(path, SourceText.FromText(path, given.GetString()!), tokens, adds)); // it is a string

        foreach (var one in given.ValueKind == JsonValueKind.Array ? given.EnumerateArray().ToList() : [])
        {
            if (one.ValueKind == JsonValueKind.Object && one.TryGetProperty("template", out var template) && template.ValueKind == JsonValueKind.String)
                found.Add(new ChatTemplate(NameOf(path, one.TryGetProperty("name", out var name) ? name.ToString() : string.Empty), SourceText.FromText(path, template.GetString()!), tokens, adds)); // it is a string
        }

        return found.Count > 0 ? found : throw SourceError.InFile(code, path, "its 'chat_template' is not a text, and not a list of named templates");
    }

    private static string NameOf(string path, string name) => $"{path} ({name})";

    /// <summary>Renders with variables.</summary>
    /// <param name="context">The thread's render context.</param>
    /// <param name="variables">The variables, a mapping.</param>
    /// <param name="output">The output; its previous content is discarded.</param>
    /// <param name="marks">Receives the byte ranges printed by generation blocks; null if not requested.</param>
    /// <exception cref="TemplateException">The template failed.</exception>
    internal void Render(RenderContext context, Value variables, Utf8Output output, List<(int Start, int End)>? marks)
    {
        output.Length = 0;
        context.BeginRow([], []);
        context.Variables = variables;
        (context.Marks, context.Marked) = (marks, output);
        try
        {
            _template.Render(context, output);
        }
        finally
        {
            (context.Marks, context.Marked, context.Variables) = (null, null, Value.Undefined);
        }

        // A block that is captured but never printed is also recorded.
        for (var i = 0; i < (marks?.Count ?? 0); i++) marks![i] = (Math.Min(marks[i].Start, output.Length), Math.Min(marks[i].End, output.Length)); // it has some
    }

    /// <summary>The text of an example; valid until the thread renders the next one.</summary>
    /// <param name="system">The system text; null for none.</param>
    /// <param name="form">Where the reasoning of conversations is placed.</param>
    /// <param name="spans">The trained parts, in code points, as in Python.</param>
    /// <exception cref="TemplateException">The template failed on this example.</exception>
    internal ReadOnlySpan<byte> Render(in Example example, SharedText? system, ReasoningForm form, out List<(long Start, long End)> spans)
    {
        var text = RenderBytes(in example, system, form, splitsExemplars: false, out var marks);
        spans = [];
        foreach (var (start, end) in marks) spans.Add((Utf8Text.Length(text[..start]), Utf8Text.Length(text[..end])));
        return text;
    }

    /// <summary>The text of an example, with the trained parts in bytes.</summary>
    /// <param name="system">The system text; null for none.</param>
    /// <param name="form">Where the reasoning of conversations is placed.</param>
    /// <param name="splitsExemplars">True for exemplars as separate turns, false for the whole prompt as one turn.</param>
    /// <param name="marks">The trained parts.</param>
    internal ReadOnlySpan<byte> RenderBytes(in Example example, SharedText? system, ReasoningForm form, bool splitsExemplars, out List<(int Start, int End)> marks)
    {
        var worker = Local ??= new Worker();
        if (example.Conversation is { } conversation) return Render(conversation, system, form, worker, out marks);

        List<Value> turns = [];
        if (system is not null) turns.Add(Turn(Value.From("system"), system.Plain));
        if (splitsExemplars)
        {
            for (var i = 0; i < ExampleTurns.CountOf(in example) - 1; i++) turns.Add(Turn(i % 2 == 0 ? User : Assistant, ExampleTurns.At(in example, i)));
        }
        else
        {
            turns.Add(Turn(User, example.Input));
        }

        Render(worker.Context, Variables(Value.FromList(turns), Value.None, prompt: true), worker.Prompt, null);
        turns.Add(Turn(Assistant, example.Target));
        marks = [];
        Render(worker.Context, Variables(Value.FromList(turns), Value.None, prompt: false), worker.Whole, marks);
        var text = worker.Whole.Written;
        if (marks.Count == 0 && text.StartsWith(worker.Prompt.Written)) marks.Add((worker.Prompt.Length, text.Length));
        return text;
    }

    // Of the template's own marks those of trained turns are used; without marks a turn is what follows its prompt, if both are prefixes of the whole.
    private ReadOnlySpan<byte> Render(Conversation turns, SharedText? system, ReasoningForm form, Worker worker, out List<(int Start, int End)> trained)
    {
        List<(int Start, int End)> marks = [];
        Render(worker.Context, Variables(turns, turns.Count, system, form, prompt: false, worker), worker.Whole, marks);
        var text = worker.Whole.Written;
        var isMarked = marks.Count == Enumerable.Range(0, turns.Count).Count(i => turns[i].Role == TurnRole.Assistant);
        trained = marks.Count > 0 && !isMarked ? marks : [];
        turns.RenderLosses = ExampleLoss.None;
        if (trained.Count > 0)
        {
            // They are not one per reply, so they cannot be assigned.
            if (Enumerable.Range(0, turns.Count).Any(i => turns[i] is { Role: TurnRole.Assistant, IsTrained: false })) turns.RenderLosses = ExampleLoss.TurnMarks;
            return text;
        }

        var own = 0;
        for (var i = 0; i < turns.Count; i++)
        {
            if (turns[i].Role != TurnRole.Assistant) continue;

            var isTrained = turns[i].IsTrained;
            var mark = isMarked ? marks[own++] : isTrained ? SpanOf(turns, i, system, form, worker) : default;
            if (isTrained && mark.End > mark.Start) trained.Add(mark);
            else if (isTrained) turns.RenderLosses |= ExampleLoss.EarlierReplies;
        }

        return text;
    }

    private (int Start, int End) SpanOf(Conversation turns, int index, SharedText? system, ReasoningForm form, Worker worker)
    {
        var text = worker.Whole.Written;
        Render(worker.Context, Variables(turns, index, system, form, prompt: true, worker), worker.Prompt, null);
        if (!text.StartsWith(worker.Prompt.Written)) return default;

        var start = worker.Prompt.Length;
        if (index + 1 == turns.Count) return (start, text.Length);

        Render(worker.Context, Variables(turns, index + 1, system, form, prompt: false, worker), worker.Prompt, null);
        return text.StartsWith(worker.Prompt.Written) ? (start, worker.Prompt.Length) : default;
    }

    private Value Variables(Conversation turns, int count, SharedText? system, ReasoningForm form, bool prompt, Worker worker)
    {
        var json = worker.Json;
        json.Length = 0;
        ConversationJson.Append(turns, count, system, form, json);
        return Variables(Value.FromJson(json.Written.ToArray()), turns.Tools.IsEmpty ? Value.None : Value.FromJson(turns.Tools), prompt);
    }

    private Value Variables(Value messages, Value tools, bool prompt) => Value.FromPairs(
    [
        .. Tokens.Select(token => new KeyValuePair<string, Value>(token.Key, Value.From(token.Value))),
        new("messages", messages),
        new("add_generation_prompt", Value.From(prompt)),
        new("tools", tools),
        new("documents", Value.None),
    ]);

    private static Value Turn(Value role, ExampleText content) =>
        Value.FromPairs([new("role", role), new("content", Value.FromUtf8(content.IsEscaped ? JsonEscapes.Unescape(content.Bytes) : content.Bytes))]);

    /// <summary>A thread's render state.</summary>
    private sealed class Worker
    {
        public RenderContext Context { get; } = new(new RenderLimits()) { Now = Now };

        public Utf8Output Json { get; } = new();

        public Utf8Output Prompt { get; } = new();

        public Utf8Output Whole { get; } = new();
    }
}
