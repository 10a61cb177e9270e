using InstructKit.Examples;
using InstructKit.Tasks;
using ColumnType = InstructKit.Examples.ColumnType;

namespace InstructKit.Formats;

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

    /// <summary>The whole example: a system turn if there is one, the input and the target, or the turns of a conversation.</summary>
    public static FormatColumn Conversation(string name, TurnNames names, TurnSupport support, FormatSettings settings)
    {
        var turns = new TurnColumns(names, support, settings, isWhole: true);
        return new(turns.Of(name, "the turns, the model's answer last"), (in example, record) => turns.Write(in example, record));
    }

    /// <summary>The model's input: all turns except the last.</summary>
    public static FormatColumn Prompt(string name, TurnNames names, TurnSupport support, FormatSettings settings)
    {
        var turns = new TurnColumns(names, support, settings, isWhole: false);
        return new(turns.Of(name, "the turns that the model is given"), (in example, record) => turns.Write(in example, record));
    }

    /// <summary>The model's input, as the only field of an object.</summary>
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

    /// <summary>The columns in addition to the turns, if conversations of the build have them: tools and images.</summary>
    /// <param name="asText">True for readers that expect the tools as a text with their JSON.</param>
    /// <param name="isOptional">True to omit a column if a row has none.</param>
    /// <param name="images">False for text-only readers.</param>
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
            for (var i = 0; !_isWhole && i < conversation.Count; i++)
            {
                // The answer is a text without the reasoning, which is in another column.
                var isLast = i + 1 == conversation.Count;
                record.Losses |= Examples.Conversation.LossesInText(conversation[i], isLast) & ~ExampleLoss.TurnMarks;
                if (isLast && !conversation[i].Reasoning.IsEmpty) record.Losses |= ExampleLoss.Reasoning;
            }
        }
        else
        {
            if (_system is not null) Text(record, TurnRole.System, record.PrefersEscaped ? _system.Escaped : _system.Plain);

            // Exemplars are separate turns, without the separators used in plain text, and are not trained on.
            var last = ExampleTurns.CountOf(in example) - 1;
            for (var i = 0; i < last; i++) Text(record, i % 2 == 0 ? TurnRole.User : TurnRole.Assistant, ExampleTurns.At(in example, i));
            if (_isWhole) Text(record, TurnRole.Assistant, example.Target, isTrained: true);
        }

        record.EndList();
    }

    // A template's turn has only its text.
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
            NoteLosses(turn, record);
            if (_support.Alternates)
            {
                if (turn.Role is not TurnRole.System || i > 0)
                {
                    if (turn.Role == TurnRole.System || asks != turn.Role is TurnRole.User or TurnRole.Tool) record.Losses |= ExampleLoss.NotAlternating;
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

    private void NoteLosses(Turn turn, RecordWriter record)
    {
        if (turn is { Role: TurnRole.Assistant, IsTrained: false } && _isWhole && _mark.Length == 0) record.Losses |= ExampleLoss.TurnMarks;
        if (turn.HasMedia && !_hasPartsField) record.Losses |= ExampleLoss.Media;
        if (turn.HasPartMarks && !(IsInParts(turn) && !_support.IsStrict)) record.Losses |= ExampleLoss.FineMarks;
        if (!turn.Name.IsEmpty && !_hasNameField) record.Losses |= turn.Role == TurnRole.Tool ? ExampleLoss.CallIds : ExampleLoss.Names;
        if (!turn.CallId.IsEmpty && !_hasCallFields) record.Losses |= ExampleLoss.CallIds;
        if (!turn.Reasoning.IsEmpty && (_form == ReasoningForm.Drop || (_form == ReasoningForm.Inline && IsInParts(turn)))) record.Losses |= ExampleLoss.Reasoning;
        if (!turn.Calls.IsEmpty && (_support.Alternates || _support.IsStrict)) record.Losses |= ToolCallText.LossesOf(turn.Calls, hasIds: _support.IsStrict);
    }

    // Readers that reject unknown keys get no marks of parts.
    private bool IsInParts(Turn turn) => _hasPartsField && !turn.Parts.IsEmpty && (turn.HasMedia || !_support.IsStrict);

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

    // Missing ids become numbers: calls and results are matched in order.
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

    // A call is a separate turn, results of several calls are one turn.
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
                NoteLosses(turns[index], record);
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
        if (IsInParts(turn))
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
