using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>Common rules of TRL's datasets (huggingface/trl, trl/data_utils.py; docs/source/dataset_formats.md).</summary>
internal static class TrlShapes
{
    /// <summary>Where the key sets and the last role of a prompt are checked.</summary>
    public const string Template = "trl/data_utils.py apply_chat_template";

    /// <summary>Where TRL detects that a row is a conversation.</summary>
    public const string Conversational = "trl/data_utils.py is_conversational";

    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool", "function", "ipython"];

    /// <summary>Messages in any order: their handling is up to the chat template.</summary>
    public static Shape Messages { get; } = new Turns { Roles = Roles, Others = [Optional("thinking", AnyText), Optional("reasoning_content", AnyText)] }
        .Also(TurnRules.OnlyFirst(Severity.Warning, "system"));

    /// <summary>Messages that are trained on.</summary>
    public static Shape Conversation { get; } = Messages
        .Also(TurnRules.Has(Severity.Warning, ": with assistant_only_loss the row fails, without it the prompt is trained on", "assistant"));

    /// <summary>Messages before a completion: the generation prompt follows user and tool turns, an assistant turn is continued.</summary>
    public static Shape PromptMessages { get; } = Messages
        .Also(TurnRules.LastIs(Severity.Error, ": anything else is a ValueError", "user", "tool", "assistant"))
        .From(Template);

    /// <summary>Messages of the assistant, tool results between them.</summary>
    public static Shape CompletionMessages { get; } = Messages
        .Also(TurnRules.Has(Severity.Warning, ": nothing of it is the model's", "assistant"));

    /// <summary>A prompt, as text or messages.</summary>
    public static Shape Prompt { get; } = Either(AnyText, PromptMessages);

    /// <summary>A completion, as text or messages.</summary>
    public static Shape Completion { get; } = Either(TargetText, CompletionMessages);

    /// <summary>Columns that any conversational row may have: tools as a list of schemas or its JSON, and keyword arguments of the template.</summary>
    public static Field[] Extras { get; } =
    [
        Optional("tools", Either(ListOf(AnyObject), JsonText(ListOf(AnyObject))).From("docs/source/dataset_formats.md, tool calling")),
        Optional("chat_template_kwargs", AnyObject.From("trl/trainer/sft_trainer.py tokenize_fn")),
    ];

    /// <summary>
    /// Reports columns that may not occur together once a row is a conversation, and columns that are neither all text nor all messages.
    /// A null column counts: it exists in a table of the rows.
    /// </summary>
    public static void CheckColumns(RowCheck check, JsonNode row, params ReadOnlySpan<string> allowed)
    {
        JsonNode text = default, messages = default;
        foreach (var member in row)
        {
            if (!IsSupported(member.Key)) continue;

            if (member.IsText) text = member;
            else if (member.IsList) messages = member;
        }

        if (!messages.IsMissing && !text.IsMissing)
        {
            check.Error(ConsumerCodes.WrongType, text.Offset > messages.Offset ? text : messages, $"{text.Path} is a string and {messages.Path} a list of messages; they must be of one kind");
            return;
        }

        if (messages.IsMissing || row.Count == 1) return;

        foreach (var member in row)
        {
            if (!IsSupported(member.Key) && !member.Key.SequenceEqual("label"u8)) continue;

            var isAllowed = false;
            foreach (var name in allowed) isAllowed |= Ascii.Equals(member.Key, name);

            if (!isAllowed)
            {
                check.Error(
                    ConsumerCodes.Columns, member,
                    member.IsAbsent
                        ? $"the column {member.Path} is null here, but a table of the rows has it, and it may not be combined with {Listed([.. allowed])}: a KeyError (validate --fix removes null keys)"
                        : $"the column {member.Path} may not be combined with {Listed([.. allowed])} in a conversational row: a KeyError");
                return;
            }
        }
    }

    /// <summary>Reports images that are more or fewer than the parts for them; all are placed before the first question that is a string.</summary>
    public static void CheckImages(RowCheck check, JsonNode row)
    {
        var images = row.Find("images"u8);
        if (images.Count == 0) return;

        var (parts, isPlain) = (0, false);
        foreach (var column in (ReadOnlySpan<string>)["messages", "prompt", "completion"])
        {
            foreach (var turn in row.Find(Encoding.UTF8.GetBytes(column)))
            {
                var content = turn.Find("content"u8);
                isPlain |= content.IsText && turn.Find("role"u8).Is("user"u8);

                // Parts of other vendors (image_url) are left to the processor.
                foreach (var part in content)
                {
                    var type = part.Find("type"u8);
                    if (type.Is("image_url"u8)) return;

                    parts += type.Is("image"u8) ? 1 : 0;
                }
            }
        }

        if (parts + (isPlain ? images.Count : 0) == images.Count) return;

        check.Source = "trl/data_utils.py prepare_multimodal_messages";
        check.Error(ConsumerCodes.Lengths, images, string.Create(CultureInfo.InvariantCulture, $"images has {images.Count} {(images.Count == 1 ? "element" : "elements")}, and the turns have {parts} {(parts == 1 ? "part" : "parts")} of the type image{(isPlain ? " beside a question that is a string, which gets all of them" : string.Empty)}"));
    }

    /// <summary>Requirements of TRL's trainers across rows.</summary>
    /// <param name="kindOf">The kind of a row; see <see cref="OneKind"/>.</param>
    public static DatasetRule[] Table(Func<JsonNode, string?> kindOf) =>
        [new OneKind(kindOf) { Source = Conversational }, new EveryRow("chat_template_kwargs", static row => !IsText(row), "it is unpacked, and null is a TypeError") { Source = "trl/trainer/sft_trainer.py tokenize_fn" }, new SteadyColumns()];

    private static bool IsText(JsonNode row)
    {
        var prompt = row.Find("prompt"u8);
        return (prompt.IsMissing ? row.Find("chosen"u8) : prompt).IsText || row.Find("text"u8).IsText;
    }

    private static bool IsSupported(ReadOnlySpan<byte> key) => key.Length switch
    {
        6 => key.SequenceEqual("prompt"u8) || key.SequenceEqual("chosen"u8),
        8 => key.SequenceEqual("messages"u8) || key.SequenceEqual("rejected"u8),
        10 => key.SequenceEqual("completion"u8),
        13 => key.SequenceEqual("conversations"u8),
        _ => false,
    };

    /// <summary>Warns if the answers of a pair are the same text or list.</summary>
    public static void CheckDifferent(RowCheck check, JsonNode row, ReadOnlySpan<byte> better, ReadOnlySpan<byte> worse)
    {
        var (one, other) = (row.Find(better), row.Find(worse));
        if (!one.IsAbsent && one.Kind == other.Kind && one.Bytes.SequenceEqual(other.Bytes))
            check.Warning(ConsumerCodes.SameAnswers, other, $"{other.Path} is the same as {one.Path}: the pair teaches nothing");
    }
}

/// <summary>
/// A column is in every row or in none: in a table of the rows it is null if missing in a row, which the consumer does not expect.
/// </summary>
/// <param name="column">The column.</param>
/// <param name="reads">True for rows in which it is used.</param>
/// <param name="why">Effect of a null.</param>
internal sealed class EveryRow(string column, Func<JsonNode, bool> reads, string why) : DatasetRule
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(column);
    private bool _isKnown;
    private bool _isMissing;

    /// <inheritdoc/>
    public override void Row(RowCheck check, JsonNode row, long bytesBefore)
    {
        var own = row.Find(_key);
        if (!reads(row)) return;

        if (own.IsMissing && !_isKnown) _isMissing = true;
        else if (own.IsAbsent) check.Error(ConsumerCodes.MissingField, own.IsMissing ? row : own, $"{column} is {own.Words}{(own.IsMissing ? ", and other rows have it" : string.Empty)}: {why}");
        else if (_isMissing && !_isKnown) check.Error(ConsumerCodes.SchemaChange, own, $"{column} begins here, and earlier rows have none; null there: {why}");

        _isKnown |= !own.IsMissing;
    }
}
