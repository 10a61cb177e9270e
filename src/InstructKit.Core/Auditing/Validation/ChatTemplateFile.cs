using System.Text;
using InstructKit.Diagnostics;
using InstructKit.Formats.Consumers;
using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Auditing.Validation;

/// <summary>A chat template with the special tokens that it may print.</summary>
/// <param name="Name">The file, and the template's own name where a file has several.</param>
/// <param name="Template">The template, whose generation blocks are marked in the output.</param>
/// <param name="Source">Its text.</param>
/// <param name="Tokens">Special tokens by name, such as <c>eos_token</c>.</param>
/// <param name="AddsBos">True when the tokenizer adds the token of the beginning itself; null when nothing says so.</param>
internal sealed record ChatTemplate(string Name, Template Template, SourceText Source, IReadOnlyDictionary<string, string> Tokens, bool? AddsBos)
{
    /// <summary>Before and behind what a generation block encloses: characters that no text has.</summary>
    public const char Open = '\uE0F0';

    /// <inheritdoc cref="Open"/>
    public const char Close = '\uE0F1';

    /// <summary>The token at the end of a turn; null when the file names none.</summary>
    public string? EndToken => Tokens.GetValueOrDefault("eos_token");
}

/// <summary>Reads chat templates out of <c>tokenizer_config.json</c>, or a file that is one.</summary>
internal static class ChatTemplateFile
{
    private static readonly string[] TokenNames = ["bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token", "mask_token"];

    /// <summary>The templates of a file.</summary>
    /// <exception cref="DiagnosticException">The file cannot be read, has no template (IK2801), or one that is no template (IK10xx).</exception>
    public static IReadOnlyList<ChatTemplate> Load(string path)
    {
        var bytes = TextFile.Bytes(path);
        var text = TextFile.Decode(path, bytes);
        if (!text.Text.AsSpan().TrimStart().StartsWith("{") || text.Text.AsSpan().TrimStart() is ['{', '%' or '{' or '#', ..])
            return [Make(path, text, new Dictionary<string, string>(), null)];

        var tape = new JsonTape(new SourceLimits { MaxJsonDepth = 1000 });
        if (!tape.Read(bytes, 0, bytes.Length)) throw SourceError.At(tape.ErrorCode, path, bytes.AsSpan(0, tape.ErrorOffset).Count((byte)'\n') + 1, 0, tape.Error);

        Dictionary<string, string> tokens = new(StringComparer.Ordinal);
        foreach (var name in TokenNames)
        {
            // A token is its text, or an object with it.
            var token = tape.Root.Find(Encoding.UTF8.GetBytes(name));
            if (token.IsObject) token = token.Find("content"u8);
            if (token.IsText) tokens[name] = token.AsText();
        }

        var adds = tape.Root.Find("add_bos_token"u8).Kind switch { JsonKind.True => true, JsonKind.False => false, _ => (bool?)null };
        var given = tape.Root.Find("chat_template"u8);
        List<ChatTemplate> found = [];
        if (given.IsText) found.Add(Make(path, SourceText.FromText(path, given.AsText()), tokens, adds));

        foreach (var one in given)
        {
            if (one.Find("template"u8) is { IsText: true } template)
                found.Add(Make($"{path} ({one.Find("name"u8).AsText()})", SourceText.FromText(path, template.AsText()), tokens, adds));
        }

        return found.Count > 0 ? found : throw SourceError.InFile(ChatTemplateCodes.Fails, path, "there is no chat_template in it; newer models have theirs in chat_template.jinja");
    }

    private static ChatTemplate Make(string name, SourceText source, IReadOnlyDictionary<string, string> tokens, bool? addsBos)
    {
        var options = TemplateOptions.For(Dialect.Chat) with { BlockMarks = (ChatTemplate.Open.ToString(), ChatTemplate.Close.ToString()) };
        return new ChatTemplate(name, Template.Parse(source, options), source, tokens, addsBos);
    }
}

/// <summary>What a template made of a conversation.</summary>
/// <param name="Text">The text, without marks; null when it failed.</param>
/// <param name="Spans">What generation blocks enclosed: starts and ends in the text.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record ChatRendering(string? Text, IReadOnlyList<(int Start, int End)> Spans, Diagnostic? Error)
{
    /// <summary>True when a range lies in one of the spans.</summary>
    public bool Covers(int start, int end) => Spans.Any(span => span.Start <= start && end <= span.End);
}

/// <summary>Renders conversations with one template.</summary>
/// <param name="template">The template.</param>
/// <param name="cancel">Ends a render.</param>
internal sealed class ChatRenderer(ChatTemplate template, CancellationToken cancel)
{
    // What transformers' own tests use; templates that print a date must not make the answer depend on the day.
    private static readonly DateTimeOffset Noon = new(2025, 7, 10, 12, 0, 0, TimeSpan.Zero);

    private readonly RenderContext _context = new(TemplateOptions.For(Dialect.Chat).Limits) { Now = Noon, Cancellation = cancel };
    private readonly Utf8Output _output = new();

    /// <summary>Renders messages.</summary>
    /// <param name="messages">JSON of the list of messages.</param>
    /// <param name="tools">JSON of the list of tools; null for none.</param>
    /// <param name="addGenerationPrompt">Whether the answer is to be begun.</param>
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
        _output.Length = 0;
        try
        {
            _context.BeginRow([], []);
            _context.Variables = Value.FromJson(variables.Written);
            template.Template.Render(_context, _output);
        }
        catch (DiagnosticException failure)
        {
            return new ChatRendering(null, [], failure.Diagnostics[0]);
        }

        return Unmarked(Encoding.UTF8.GetString(_output.Written));
    }

    // A template alone does not say what its tokens are.
    private static IReadOnlyDictionary<string, string> Defaults { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["bos_token"] = "<s>", ["eos_token"] = "</s>" };

    private static ChatRendering Unmarked(string text)
    {
        var plain = new StringBuilder(text.Length);
        List<(int Start, int End)> spans = [];
        var start = -1;
        foreach (var letter in text)
        {
            if (letter == ChatTemplate.Open)
            {
                start = plain.Length;
            }
            else if (letter == ChatTemplate.Close)
            {
                if (start >= 0) spans.Add((start, plain.Length));
                start = -1;
            }
            else
            {
                plain.Append(letter);
            }
        }

        return new ChatRendering(plain.ToString(), spans, null);
    }
}
