using InstructKit.Examples;
using InstructKit.Tasks;
using InstructKit.Text;
using ColumnType = InstructKit.Examples.ColumnType;

namespace InstructKit.Formats;

/// <summary>Where a format has the reasoning of the model.</summary>
public enum ReasoningForm
{
    /// <summary>In the text, between think tags.</summary>
    Inline,

    /// <summary>Under the key <c>reasoning_content</c>.</summary>
    ReasoningContent,

    /// <summary>Under the key <c>thinking</c>.</summary>
    Thinking,

    /// <summary>Nowhere.</summary>
    Drop,
}

/// <summary>What is known of all conversations of a build before the first one is read, and what the plan says of their turns.</summary>
internal sealed record TurnSettings
{
    /// <summary>Keys that say of a turn whether it is trained on, as trainers read them.</summary>
    public static readonly IReadOnlyList<string> MarkNames = ["train", "weight", "loss_mask", "loss_weight"];

    /// <summary>True when rows of some task are conversations.</summary>
    public bool HasConversations { get; init; }

    /// <summary>What their turns have.</summary>
    public TurnParts Has { get; init; }

    /// <summary>True when some of them offer tools.</summary>
    public bool HasTools { get; init; }

    /// <summary>True when some of them have a column of images.</summary>
    public bool HasImages { get; init; }

    /// <summary>Where the reasoning goes; null for the format's own place.</summary>
    public ReasoningForm? Reasoning { get; init; }

    /// <summary>The key that marks trained turns, empty for none; null for the format's own, where there are conversations.</summary>
    public string? Mark { get; init; }
}

/// <summary>What a format can say of turns.</summary>
internal sealed record TurnSupport
{
    /// <summary>Role and text alone, the reasoning in it.</summary>
    public static TurnSupport Texts { get; } = new() { Reasoning = [ReasoningForm.Inline, ReasoningForm.Drop], HasCalls = false, HasParts = false, Marks = [] };

    /// <summary>Everything, under the keys that chat templates read.</summary>
    public static TurnSupport All { get; } = new();

    /// <summary>Calls and results as turns of their own that alternate with the others, as LLaMA-Factory reads them.</summary>
    public static TurnSupport Alternating { get; } = new() { Reasoning = [ReasoningForm.Inline, ReasoningForm.Drop], HasParts = false, Alternates = true };

    /// <summary>Places for reasoning, the format's own first.</summary>
    public IReadOnlyList<ReasoningForm> Reasoning { get; init; } = [ReasoningForm.ReasoningContent, ReasoningForm.Thinking, ReasoningForm.Inline, ReasoningForm.Drop];

    /// <summary>Keys that its readers take for marks of trained turns.</summary>
    public IReadOnlyList<string> Marks { get; init; } = TurnSettings.MarkNames;

    /// <summary>The mark where there are conversations and the plan says nothing; empty for none.</summary>
    public string OwnMark { get; init; } = string.Empty;

    /// <summary>False where calls are part of the text.</summary>
    public bool HasCalls { get; init; } = true;

    /// <summary>True where a content may be a list of parts.</summary>
    public bool HasParts { get; init; } = true;

    /// <summary>True where calls and results are turns of their own.</summary>
    public bool Alternates { get; init; }

    /// <summary>True where what a turn does not have is left out, arguments are texts and calls have ids.</summary>
    public bool IsStrict { get; init; }

    /// <summary>The place of the reasoning in a build.</summary>
    public ReasoningForm FormOf(TurnSettings settings) => settings.Reasoning is { } asked && Reasoning.Contains(asked) ? asked
        : settings.Has.HasFlag(TurnParts.Reasoning) ? Reasoning[0] : ReasoningForm.Inline;

    /// <summary>The mark in a build; empty for none.</summary>
    public string MarkOf(TurnSettings settings) => settings.Mark is { } asked ? Marks.Contains(asked, StringComparer.Ordinal) ? asked : string.Empty : settings.HasConversations ? OwnMark : string.Empty;
}

/// <summary>What turns are called.</summary>
/// <param name="Role">Key of the role.</param>
/// <param name="Content">Key of the text.</param>
/// <param name="System">The role that sets the scene.</param>
/// <param name="User">The role that asks.</param>
/// <param name="Assistant">The model.</param>
/// <param name="Call">The model, when it calls a tool and calls are turns of their own.</param>
/// <param name="Tool">What a call came to.</param>
internal sealed record TurnNames(string Role, string Content, SharedText System, SharedText User, SharedText Assistant, SharedText Call, SharedText Tool)
{
    /// <summary>Names as most readers have them.</summary>
    public static TurnNames Plain { get; } = new("role", "content", new("system"), new("user"), new("assistant"), new("assistant"), new("tool"));

    /// <summary>The same keys with roles of LLaMA-Factory's for calls and results.</summary>
    public static TurnNames Alternating { get; } = Plain with { Call = new("function_call"), Tool = new("observation") };

    /// <summary>The names of ShareGPT's exports.</summary>
    public static TurnNames ShareGpt { get; } = new("from", "value", new("system"), new("human"), new("gpt"), new("function_call"), new("observation"));

    /// <summary>The name of a role.</summary>
    public SharedText Of(TurnRole role) => role switch { TurnRole.System => System, TurnRole.User => User, TurnRole.Assistant => Assistant, _ => Tool };
}

/// <summary>The columns that hold an example as turns: the fields of a turn, and how examples and conversations fill them.</summary>
internal sealed class TurnColumns
{
    private readonly TurnNames _names;
    private readonly TurnSupport _support;
    private readonly SharedText? _system;
    private readonly TurnSettings _settings;
    private readonly ReasoningForm _form;
    private readonly string _mark;
    private readonly bool _isWhole;
    private readonly bool _hasMore;
    private readonly Column[] _fields;
    private readonly bool _hasPartsField;
    private readonly bool _hasCallFields;
    private readonly bool _hasNameField;
    private readonly bool _hasReasoningField;

    private TurnColumns(TurnNames names, TurnSupport support, FormatSettings settings, bool isWhole)
    {
        (_names, _support, _system, _settings) = (names, support, settings.System, settings.Turns);
        (_form, _mark, _isWhole) = (support.FormOf(_settings), isWhole ? support.MarkOf(_settings) : string.Empty, isWhole);
        _hasPartsField = support.HasParts && _settings.Has.HasFlag(TurnParts.Parts);
        _hasReasoningField = _form is ReasoningForm.ReasoningContent or ReasoningForm.Thinking;
        _hasCallFields = support is { HasCalls: true, Alternates: false } && _settings.Has.HasFlag(TurnParts.ToolCalls);
        _hasNameField = support is { HasCalls: true, Alternates: false } && (_settings.Has & (TurnParts.ToolCalls | TurnParts.Names)) != 0;
        _fields = [.. Fields()];
        _hasMore = _fields.Length > 2;
    }

    /// <summary>The whole example: a system turn where there is one, the input and the target, or the turns of a conversation.</summary>
    public static FormatColumn Conversation(string name, TurnNames names, TurnSupport support, FormatSettings settings)
    {
        var turns = new TurnColumns(names, support, settings, isWhole: true);
        return new(turns.Of(name, "the turns, the model's answer last"), (in example, record) => turns.Write(in example, record));
    }

    /// <summary>What the model is given: all turns but the last.</summary>
    public static FormatColumn Prompt(string name, TurnNames names, TurnSupport support, FormatSettings settings)
    {
        var turns = new TurnColumns(names, support, settings, isWhole: false);
        return new(turns.Of(name, "the turns that the model is given"), (in example, record) => turns.Write(in example, record));
    }

    /// <summary>What the model is given, as the one field of an object.</summary>
    public static FormatColumn PromptIn(string name, string field, TurnNames names, TurnSupport support, FormatSettings settings)
    {
        var prompt = Prompt(field, names, support, settings);
        return new FormatColumn(
            new(name, ColumnType.Object, Fields: [prompt.Column]) { Meaning = prompt.Column.Meaning },
            (in example, record) =>
            {
                record.StartObject();
                prompt.Write(in example, record);
                record.EndObject();
            });
    }

    /// <summary>The columns beside the turns, where conversations of the build have them: tools and images.</summary>
    /// <param name="asText">True for readers that want the tools as a text with their JSON.</param>
    /// <param name="isOptional">True to leave a column out where a row has none.</param>
    /// <param name="images">False for readers of texts.</param>
    /// <param name="settings">The settings.</param>
    public static IEnumerable<FormatColumn> Beside(FormatSettings settings, bool asText = false, bool isOptional = false, bool images = true)
    {
        if (settings.Turns.HasTools)
        {
            yield return new FormatColumn(
                new("tools", asText ? ColumnType.Text : ColumnType.Json) { Meaning = "the tools that the model may call, as the source has them", IsOptional = isOptional },
                (in example, record) =>
                {
                    if (example.Conversation is not { Tools.IsEmpty: false } turns) record.Null();
                    else if (asText) record.Text(new ExampleText(turns.Tools, false));
                    else record.Json(turns.Tools);
                });
        }

        if (settings.Turns.HasImages && images)
        {
            yield return new FormatColumn(
                new("images", ColumnType.Json) { Meaning = "the images of the conversation, as the source has them", IsOptional = isOptional },
                (in example, record) =>
                {
                    if (example.Conversation is { Images.IsEmpty: false } turns) record.Json(turns.Images);
                    else record.Null();
                });
        }
    }

    private IEnumerable<Column> Fields()
    {
        yield return new(_names.Role, ColumnType.Text) { Meaning = "who speaks" };
        yield return new(_names.Content, _hasPartsField ? ColumnType.Json : ColumnType.Text) { Meaning = "what is said" };
        if (_hasReasoningField) yield return new(_form == ReasoningForm.Thinking ? "thinking" : "reasoning_content", ColumnType.Text) { Meaning = "what the model thought before", IsOptional = _support.IsStrict };
        if (_hasCallFields)
        {
            yield return new("tool_calls", ColumnType.Json) { Meaning = "calls of tools, as the source has them", IsOptional = _support.IsStrict };
            yield return new("tool_call_id", ColumnType.Text) { Meaning = "the call that a result answers", IsOptional = _support.IsStrict };
        }

        if (_hasNameField) yield return new("name", ColumnType.Text) { Meaning = "name of the speaker or the tool", IsOptional = _support.IsStrict };
        if (_mark.Length > 0)
        {
            yield return new(_mark, _mark switch { "train" => ColumnType.Boolean, "loss_weight" => ColumnType.Number, _ => ColumnType.Integer })
            {
                Meaning = "whether the turn is trained on",
                IsOptional = _support.IsStrict,
            };
        }
    }

    private Column Of(string name, string meaning) => new(name, ColumnType.Object, IsList: true, Fields: _fields) { Meaning = meaning };

    private void Write(in Example example, RecordWriter record)
    {
        record.StartList();
        if (example.Conversation is { } conversation)
        {
            WriteTurns(conversation, _isWhole ? conversation.Count : conversation.Count - 1, record);
        }
        else
        {
            if (_system is not null) Text(record, TurnRole.System, record.PrefersEscaped ? _system.Escaped : _system.Plain);

            // Exemplars are turns of their own, without what stands between them in a text; nothing is learned from them.
            for (var i = 0; i < example.Exemplars.Count; i++)
            {
                Text(record, TurnRole.User, example.Exemplars[i].Input);
                Text(record, TurnRole.Assistant, example.Exemplars[i].Target);
            }

            Text(record, TurnRole.User, example.Exemplars.Count > 0 ? example.Query : example.Input);
            if (_isWhole) Text(record, TurnRole.Assistant, example.Target, isTrained: true);
        }

        record.EndList();
    }

    // A turn that a template made has nothing but its text.
    private void Text(RecordWriter record, TurnRole role, ExampleText content, bool isTrained = false)
    {
        if (!_hasMore && !_hasPartsField)
        {
            record.Pair(_names.Of(role), content);
            return;
        }

        record.StartObject();
        record.Text(_names.Of(role));
        if (_hasPartsField) record.JsonText(content);
        else record.Text(content);
        if (_hasMore) WriteRest(record, role, isTrained);
        record.EndObject();
    }

    private void WriteRest(RecordWriter record, TurnRole role, bool isTrained)
    {
        for (var i = (_hasReasoningField ? 1 : 0) + (_hasCallFields ? 2 : 0) + (_hasNameField ? 1 : 0); i > 0; i--) record.Null();

        WriteMark(record, role, isTrained);
    }

    private void WriteMark(RecordWriter record, TurnRole role, bool isTrained)
    {
        if (_mark.Length == 0) return;

        if (_mark == "train") record.Boolean(isTrained);
        else if (_mark == "loss_weight") record.Number(isTrained ? "1.0"u8 : "0.0"u8);
        else if (_mark == "weight" && role != TurnRole.Assistant) record.Null();
        else record.Integer(isTrained ? 1 : 0);
    }

    private void WriteTurns(Conversation turns, int count, RecordWriter record)
    {
        if (_system is not null && (count == 0 || turns[0].Role != TurnRole.System)) Text(record, TurnRole.System, _system.Plain);

        var asks = true;
        for (var i = 0; i < count; i++)
        {
            var turn = turns[i];
            if (turn is { Role: TurnRole.Assistant, IsTrained: false } && _isWhole && _mark.Length == 0) record.Losses |= ExampleLoss.TurnMarks;
            if (!turn.Parts.IsEmpty && !_hasPartsField) record.Losses |= ExampleLoss.Media;
            if (!turn.Name.IsEmpty && !_hasNameField && turn.Role != TurnRole.Tool) record.Losses |= ExampleLoss.Names;
            if (!turn.Reasoning.IsEmpty && _form == ReasoningForm.Drop) record.Losses |= ExampleLoss.Reasoning;
            if (_support.Alternates)
            {
                if (turn.Role is not TurnRole.System || i > 0)
                {
                    if (asks != turn.Role is TurnRole.User or TurnRole.Tool) record.Losses |= ExampleLoss.NotAlternating;
                    asks = !asks;
                }

                i = WriteAlternating(turns, i, count, record);
            }
            else
            {
                WriteTurn(turns, i, record);
            }
        }
    }

    private void WriteTurn(Conversation turns, int index, RecordWriter record)
    {
        var turn = turns[index];
        record.StartObject();
        record.Text(_names.Of(turn.Role));
        WriteContent(turn, record);
        if (_hasReasoningField) TextOrNull(record, turn.Reasoning);
        if (_hasCallFields)
        {
            if (turn.Calls.IsEmpty) record.Null();
            else if (_support.IsStrict) record.Json(ToolCallText.Strict(turn.Calls, CallsBefore(turns, index), record.Scratch()));
            else record.Json(turn.Calls);

            if (_support.IsStrict && turn.Role == TurnRole.Tool && turn.CallId.IsEmpty) ToolCallText.WriteId(ResultsBefore(turns, index), record);
            else TextOrNull(record, turn.CallId);
        }

        if (_hasNameField) TextOrNull(record, turn.Name);
        WriteMark(record, turn.Role, turn.IsTrained);
        record.EndObject();
    }

    // Ids that a source does not have are numbers: calls and results answer each other in their order.
    private static int CallsBefore(Conversation turns, int index)
    {
        var count = 0;
        for (var i = 0; i < index; i++) count += ToolCallText.CountOf(turns[i].Calls);

        return count;
    }

    private static int ResultsBefore(Conversation turns, int index)
    {
        var count = 0;
        for (var i = 0; i < index; i++) count += turns[i].Role == TurnRole.Tool ? 1 : 0;

        return count;
    }

    // A call is a turn of its own, results of several calls are one turn.
    private int WriteAlternating(Conversation turns, int index, int count, RecordWriter record)
    {
        var turn = turns[index];
        record.StartObject();
        var isCall = !turn.Calls.IsEmpty;
        record.Text(isCall ? _names.Call : _names.Of(turn.Role));
        if (isCall)
        {
            // The reader parses the whole text as JSON.
            if (!turn.Text.IsEmpty || !turn.Reasoning.IsEmpty) record.Losses |= ExampleLoss.TextBesideCalls;
            record.Text(new ExampleText(ToolCallText.Functions(turn.Calls, Plain(record)), false));
        }
        else if (turn.Role == TurnRole.Tool && index + 1 < count && turns[index + 1].Role == TurnRole.Tool)
        {
            record.Losses |= ExampleLoss.JoinedResults;
            record.StartText();
            record.AddText(new ExampleText(turn.Text, false));
            while (index + 1 < count && turns[index + 1].Role == TurnRole.Tool)
            {
                record.AddText(new ExampleText("\n"u8, false));
                record.AddText(new ExampleText(turns[++index].Text, false));
            }

            record.EndText();
        }
        else
        {
            WriteContent(turn, record);
        }

        WriteMark(record, turn.Role, turn.IsTrained);
        record.EndObject();
        return index;
    }

    private static Utf8Output Plain(RecordWriter record)
    {
        var scratch = record.Scratch();
        scratch.JsonEscaped = false;
        return scratch;
    }

    private void WriteContent(Turn turn, RecordWriter record)
    {
        var isInline = _form == ReasoningForm.Inline && !turn.Reasoning.IsEmpty;
        var isCalled = !turn.Calls.IsEmpty && !_support.HasCalls;
        if (isCalled) record.Losses |= ExampleLoss.ToolCalls;
        if (!turn.Parts.IsEmpty && _hasPartsField)
        {
            record.Json(turn.Parts);
            return;
        }

        if (!isInline && !isCalled)
        {
            var text = new ExampleText(turn.Text, false);
            if (_hasPartsField) record.JsonText(text);
            else record.Text(text);
            return;
        }

        var said = Plain(record);
        if (isInline) turn.AppendInline(said);
        else said.AppendRaw(turn.Text);
        if (isCalled)
        {
            if (!turn.Text.IsEmpty) said.AppendRaw("\n"u8);
            said.AppendRaw(turn.Calls);
        }

        if (!_hasPartsField)
        {
            record.Text(new ExampleText(said.Written, false));
            return;
        }

        var copy = said.Written.ToArray();
        record.JsonText(new ExampleText(copy, false));
    }

    private static void TextOrNull(RecordWriter record, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) record.Null();
        else record.Text(new ExampleText(text, false));
    }
}
