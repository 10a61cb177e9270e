using InstructKit.Tasks;
using InstructKit.Templating.Values;

namespace InstructKit.Authoring.Drafting;

/// <summary>The kind of a list or an object of a row, recognised by its keys.</summary>
internal enum ShapeKind
{
    /// <summary>Not a list or object, or only empty lists.</summary>
    None,

    Texts,

    /// <summary>A conversation: a list of messages.</summary>
    Messages,

    /// <summary>A conversation as a text: the JSON of a list of messages.</summary>
    MessagesText,

    Message,

    /// <summary>Choices as an object of two lists, texts and labels.</summary>
    ChoiceLists,

    /// <summary>Choices as a list of objects with text and label.</summary>
    ChoiceList,

    /// <summary>Answers as an object with a list of texts.</summary>
    Answers,

    /// <summary>A tree of messages and their replies.</summary>
    Tree,

    /// <summary>A list of records one of whose keys is an answer.</summary>
    Records,

    /// <summary>A text that is a conversation, its turns marked in the text.</summary>
    Transcript,

    /// <summary>Anything else.</summary>
    Nested,
}

/// <summary>A shape with the keys of its parts.</summary>
/// <param name="First">Messages: the key of the role. Records: the key of the answer. Transcript: the mark of a question.</param>
/// <param name="Second">Messages: the key of the text. Records: the key of the question, or null. Transcript: the mark of a reply.</param>
/// <param name="Part">Messages whose text is a list of parts: the key of a part's text.</param>
internal sealed record CellShape(ShapeKind Kind, string? First = null, string? Second = null, string? Part = null)
{
    // An object with more texts is a dictionary, not a record.
    private const int MaxParts = 16;

    private static readonly CellShape Nested = new(ShapeKind.Nested);

    /// <summary>Messages: their keys other than role and text.</summary>
    public TurnParts Has { get; init; }

    // As in public human-feedback and chat datasets.
    private static readonly CellShape[] Transcripts =
    [
        new(ShapeKind.Transcript, "\n\nHuman:", "\n\nAssistant:"),
        new(ShapeKind.Transcript, "### Human:", "### Assistant:"),
        new(ShapeKind.Transcript, "### Instruction:", "### Response:"),
        new(ShapeKind.Transcript, "\nUser:", "\nAssistant:"),
    ];

    /// <summary>The transcript in a text: a question followed by a reply; null for any other text.</summary>
    public static CellShape? OfText(string text)
    {
        foreach (var shape in Transcripts)
        {
            var reply = text.LastIndexOf(shape.Second!, StringComparison.Ordinal);
            if (reply > 0 && (text.TrimStart().StartsWith(shape.First!.TrimStart(), StringComparison.Ordinal) || text.AsSpan(0, reply).Contains(shape.First, StringComparison.Ordinal))) return shape;
        }

        return null;
    }

    /// <summary>The shape of a text that is the JSON of messages, as in tables without lists; null for any other text, and for an uninformative one.</summary>
    public static CellShape? OfJson(string text)
    {
        // A cheap test for all other texts.
        var start = text.AsSpan().TrimStart();
        if (start is not ['[', ..] || start[1..].TrimStart() is not ['{', ..]) return null;

        try
        {
            return Of(Value.FromJson(Encoding.UTF8.GetBytes(text))) is { Kind: ShapeKind.Messages } shape ? shape with { Kind = ShapeKind.MessagesText } : null;
        }
        catch (DiagnosticException)
        {
            return null;
        }
    }

    /// <summary>The shape of a value; null if uninformative, such as an empty list.</summary>
    public static CellShape? Of(Value value)
    {
        if (value.Kind == ValueKind.Mapping) return OfObject(value);

        if (value.Kind != ValueKind.List) return Nested;

        if (value.Count == 0) return null;

        CellShape? all = null;
        for (var i = 0; i < value.Count; i++)
        {
            var one = value[i].Kind == ValueKind.Text ? new CellShape(ShapeKind.Texts) : value[i].Kind == ValueKind.Mapping ? OfElement(value[i]) : Nested;
            all = all is null ? one : Both(all, one);
        }

        return all;
    }

    /// <summary>The keys of an object whose values are all texts, in its order; restricted to those in <paramref name="known"/>, if given.</summary>
    public static IReadOnlyList<string> TextsOf(Value value, IReadOnlyList<string>? known)
    {
        if (value.Kind != ValueKind.Mapping || value.Count > MaxParts) return [];

        List<string> keys = [];
        foreach (var (key, text) in value.Pairs)
        {
            if (text.Kind != ValueKind.Text) return [];

            keys.Add(key.ToString());
        }

        return known is null ? keys : [.. known.Where(keys.Contains)];
    }

    /// <summary>The shape of a column that has both.</summary>
    public static CellShape Both(CellShape a, CellShape b) => a == b ? a
        : a.Kind == b.Kind && a.First == b.First && a.Second == b.Second ? a with { Part = a.Part ?? b.Part, Has = a.Has | b.Has }
        : Nested;

    private static CellShape OfObject(Value value)
    {
        if (value.TryGetItem("replies", out var replies) && replies.Kind == ValueKind.List) return new CellShape(ShapeKind.Tree);

        if (Message(value, ShapeKind.Message) is { } message) return message;

        if (!IsTexts(value, "text")) return Nested;

        return IsTexts(value, "label") ? new CellShape(ShapeKind.ChoiceLists) : new CellShape(ShapeKind.Answers);
    }

    private static CellShape OfElement(Value value)
    {
        if (Message(value, ShapeKind.Messages) is { } message) return message;

        if (IsText(value, "text") && IsText(value, "label")) return new CellShape(ShapeKind.ChoiceList);

        var answer = ((string[])["output", "answer", "response", "target", "completion"]).FirstOrDefault(key => IsText(value, key));
        var question = ((string[])["input", "question", "prompt", "query"]).FirstOrDefault(key => IsText(value, key));
        return answer is null ? Nested : new CellShape(ShapeKind.Records, answer, question);
    }

    private static CellShape? Message(Value value, ShapeKind kind)
    {
        foreach (var role in (string[])["role", "from", "speaker"])
        {
            if (!IsText(value, role)) continue;

            foreach (var text in (string[])["content", "value", "text"])
            {
                if (!value.TryGetItem(text, out var content)) continue;

                if (content.Kind is ValueKind.Text or ValueKind.None) return new CellShape(kind, role, text) { Has = HasOf(value, role) };

                if (content.Kind != ValueKind.List) return null;

                var part = ((string[])["text", "value", "content"]).FirstOrDefault(key => content.Count > 0 && IsText(content[0], key));
                var isMixed = Enumerable.Range(0, content.Count).Any(i => content[i].TryGetItem("type", out var type) && type.ToString() is not ("text" or "reasoning" or "thinking" or "tool_call"));
                return new CellShape(kind, role, text, part ?? "text") { Has = HasOf(value, role) | (isMixed ? TurnParts.Parts : TurnParts.None) };
            }

            // A tool call needs no text.
            if (HasOf(value, role) is var has && has.HasFlag(TurnParts.ToolCalls)) return new CellShape(kind, role, role == "from" ? "value" : "content") { Has = has };
        }

        return null;
    }

    private static TurnParts HasOf(Value message, string role)
    {
        var has = TurnParts.None;
        message.TryGetItem(role, out var who);
        var isTool = who.ToString() is "tool" or "function" or "observation" or "tool_response" or "ipython";
        if (((string[])["tool_calls", "function_call"]).Any(key => message.TryGetItem(key, out var calls) && !calls.IsNone) || isTool || who.ToString() is "function_call" or "tool_call") has |= TurnParts.ToolCalls;
        if (((string[])["reasoning_content", "reasoning", "thinking"]).Any(key => message.TryGetItem(key, out var thought) && thought.Kind == ValueKind.Text && thought.ToString().Length > 0)) has |= TurnParts.Reasoning;
        if (!isTool && message.TryGetItem("name", out var name) && name.Kind == ValueKind.Text && name.ToString().Length > 0) has |= TurnParts.Names;
        return has;
    }

    private static bool IsText(Value value, string key) => value.TryGetItem(key, out var item) && item.Kind == ValueKind.Text;

    private static bool IsTexts(Value value, string key)
    {
        if (!value.TryGetItem(key, out var list) || list.Kind != ValueKind.List) return false;

        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].Kind != ValueKind.Text) return false;
        }

        return true;
    }
}
