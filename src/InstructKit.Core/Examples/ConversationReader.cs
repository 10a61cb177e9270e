using System.Text.Json;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating.Settings;

namespace InstructKit.Examples;

/// <summary>Converts the conversations of rows to the form of <see cref="Conversation"/>: messages of <c>role</c> and <c>content</c>, ShareGPT's
/// <c>from</c> and <c>value</c>, contents as lists of typed parts, calls as a separate turn or as a key, reasoning as a key, as a part or in think
/// tags.</summary>
/// <remarks>Keys and roles: TRL data_utils.py, LLaMA-Factory converter.py, Axolotl chat_template.py, OpenAI's fine-tuning messages (facts of formats).</remarks>
/// <param name="rules">How turns and reasoning are handled.</param>
internal sealed partial class ConversationReader(RowEvaluator evaluator, TaskDefinition task, ConversationRules rules)
{
    private const int MaxDepth = 1000;

    private static readonly Dictionary<string, TurnRole> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["system"] = TurnRole.System,
        ["developer"] = TurnRole.System,
        ["user"] = TurnRole.User,
        ["human"] = TurnRole.User,
        ["prompter"] = TurnRole.User,
        ["assistant"] = TurnRole.Assistant,
        ["gpt"] = TurnRole.Assistant,
        ["model"] = TurnRole.Assistant,
        ["chatgpt"] = TurnRole.Assistant,
        ["bot"] = TurnRole.Assistant,
        ["function_call"] = TurnRole.Assistant,
        ["tool_call"] = TurnRole.Assistant,
        ["tool"] = TurnRole.Tool,
        ["tool_response"] = TurnRole.Tool,
        ["function"] = TurnRole.Tool,
        ["observation"] = TurnRole.Tool,
        ["ipython"] = TurnRole.Tool,
    };

    private readonly ConversationDefinition _definition = task.Conversation!; // only such tasks are read
    private readonly int _messages = IndexOf(task, task.Conversation!.Messages);
    private readonly int _tools = IndexOf(task, task.Conversation!.Tools);
    private readonly int _system = IndexOf(task, task.Conversation!.System);
    private readonly int _images = IndexOf(task, task.Conversation!.Images);
    private readonly List<(int Count, int Question)> _pieces = [];
    private readonly Utf8Output _json = new(0);
    private int _piece;
    private bool _isText;

    /// <summary>The conversation read last.</summary>
    public Conversation Conversation { get; } = new();

    /// <summary>Reads the conversation of the loaded row; null if it yields an example, otherwise the drop reason.</summary>
    /// <exception cref="TemplateException">The row has other content.</exception>
    public string? Read()
    {
        Conversation.Reset();
        _pieces.Clear();
        _piece = -1;
        try
        {
            var json = JsonOf(_messages);
            ReadMessages(json);
            RequireCharacters(json, _definition.Messages);
        }
        catch (JsonException exception)
        {
            throw Error($"'{_definition.Messages}' is not JSON: {exception.Message.TrimEnd('.')}");
        }

        ReadColumns();
        return FindPieces() ?? Next();
    }

    /// <summary>True when the row yields another example.</summary>
    public bool HasMore => _piece + 1 < _pieces.Count;

    /// <summary>Number of the example of the row, from 0.</summary>
    public int Piece => _piece;

    /// <summary>Advances to the next example of the row; null if there is one, otherwise the drop reason.</summary>
    public string? Next()
    {
        var (count, question) = _pieces[++_piece];
        Conversation.Show(count, question, rules.History != ReasoningHistory.Keep, trainsBehind: rules.History == ReasoningHistory.Unroll);
        if (rules.History == ReasoningHistory.Drop)
        {
            for (var i = 0; i < question; i++)
            {
                if (Conversation.Entries[i].Reasoning.End > Conversation.Entries[i].Reasoning.Start) Conversation.Losses |= ExampleLoss.Reasoning;
            }
        }

        return Conversation.IsTrained ? null : DropReasons.NothingTrained;
    }

    private static int IndexOf(TaskDefinition task, string? column) => column is null ? -1 : task.Columns.Index().First(one => one.Item.Name == column).Index;

    private TemplateException Error(string message) => new(new Diagnostic(RowCodes.RenderFailed, Severity.Error, message, task.Span with { Length = 0 }));

    // The JSON of a column that is JSON or a text of JSON; empty for null.
    private ReadOnlySpan<byte> JsonOf(int column)
    {
        var bytes = evaluator.ValueOf(column, out var kind);
        _isText = kind is CellKind.Text or CellKind.EscapedText;
        if (kind is CellKind.Null or CellKind.Missing) return [];

        if (kind == CellKind.Json) return bytes;

        _json.Length = 0;
        if (kind == CellKind.EscapedText) _json.Advance(JsonEscapes.Unescape(bytes, _json.Reserve(bytes.Length)));
        else _json.AppendRaw(bytes);

        return _json.Written;
    }

    private void ReadColumns()
    {
        if (_system >= 0 && JsonOf(_system) is { IsEmpty: false } system)
        {
            if (Conversation.Entries is not [{ Role: TurnRole.System } own, ..]) Conversation.Entries.Insert(0, new TurnEntry { Role = TurnRole.System, Text = Plain(system) });
            else if (!Conversation.Buffer.Written[own.Text.Start..own.Text.End].SequenceEqual(system)) Conversation.Losses |= ExampleLoss.SystemText;
        }

        // Tables without nulls use an empty list for none.
        if (_tools >= 0 && JsonOf(_tools).Trim(" \t\r\n"u8) is { IsEmpty: false } tools && !tools.SequenceEqual("[]"u8) && !tools.SequenceEqual("null"u8)) Conversation.SetTools(Checked(tools, "tools"));

        if (_images >= 0 && JsonOf(_images) is { IsEmpty: false } images && !images.SequenceEqual("[]"u8)) Conversation.SetImages(Checked(images, "images"));
    }

    private (int Start, int End) Checked(ReadOnlySpan<byte> json, string what)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
            while (reader.Read())
            {
                // Only checks whether it can be read.
            }
        }
        catch (JsonException exception)
        {
            throw Error($"'{what}' is not JSON: {exception.Message.TrimEnd('.')}");
        }

        RequireCharacters(json, what);
        return Line(json);
    }

    // Readers of JSON files have already rejected or repaired it; for JSON inside a text this is the first check.
    private void RequireCharacters(ReadOnlySpan<byte> json, string what)
    {
        if (_isText && JsonEscapes.FindLoneSurrogate(json) is >= 0 and var at) throw Error($"'{what}' has the lone surrogate {Encoding.ASCII.GetString(json.Slice(at, 6))}, which is not a character");
    }

    private string? FindPieces()
    {
        var turns = Conversation.Entries;
        var last = turns.FindLastIndex(turn => turn.Role == TurnRole.Assistant);
        if (last < 0) return DropReasons.NoReply;

        if (last + 1 < turns.Count) Conversation.Losses |= ExampleLoss.TrailingTurns;

        Choose(turns, last);
        if (rules.History != ReasoningHistory.Unroll)
        {
            _pieces.Add((last + 1, Math.Max(0, turns.FindLastIndex(last, turn => turn.Role == TurnRole.User))));
            return null;
        }

        // The turns from a question to the next one form an example, if some of them are trained on.
        var (question, reply, trains) = (0, -1, false);
        for (var i = 0; i <= last + 1; i++)
        {
            if (i > last || turns[i].Role == TurnRole.User)
            {
                if (reply >= 0 && trains) _pieces.Add((reply + 1, question));
                (question, reply, trains) = (i, -1, false);
            }
            else if (turns[i].Role == TurnRole.Assistant)
            {
                reply = i;
                trains |= turns[i].IsTrained;
            }
        }

        if (_pieces is [.., var final] && final.Count <= last) Conversation.Losses |= ExampleLoss.TrailingTurns;
        return _pieces.Count > 0 ? null : DropReasons.NothingTrained;
    }

    private void Choose(List<TurnEntry> turns, int last)
    {
        for (var i = 0; i < turns.Count; i++)
        {
            var turn = turns[i];
            turn.IsTrained = turn.Role == TurnRole.Assistant && rules.Training switch { TurnTraining.All => true, TurnTraining.Last => i == last, _ => turn.IsTrained };
            turns[i] = turn;
        }
    }

    private void ReadMessages(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return;

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray) throw Error($"'{_definition.Messages}' is {Noun(reader.TokenType)}, expected a list of messages");

        for (var number = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; number++)
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw Error($"{_definition.Messages}[{number}] is {Noun(reader.TokenType)}, expected a message");

            ReadMessage(ref reader, json, number);
        }
    }

    private void ReadMessage(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, int number)
    {
        var message = default(RawMessage);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = KeyOf(ref reader);
            reader.Read();
            var (start, kind) = ((int)reader.TokenStartIndex, reader.TokenType);
            reader.Skip();
            var value = new RawValue(start, (int)reader.BytesConsumed, kind);
            if (kind == JsonTokenType.Null) continue;

            switch (key)
            {
                case MessageKey.Role: Set(ref message.Role, value, kind == JsonTokenType.String); break;
                case MessageKey.Content: Set(ref message.Content, value, true); break;
                case MessageKey.Reasoning: Set(ref message.Reasoning, value, kind == JsonTokenType.String); break;
                case MessageKey.Calls: Set(ref message.Calls, value, kind is JsonTokenType.StartArray or JsonTokenType.StartObject or JsonTokenType.String); break;
                case MessageKey.OneCall: Set(ref message.OneCall, value, kind == JsonTokenType.StartObject); break;
                case MessageKey.CallId: Set(ref message.CallId, value, kind == JsonTokenType.String); break;
                case MessageKey.Name: Set(ref message.Name, value, kind == JsonTokenType.String); break;
                case MessageKey.Train: message.Mark = IsTrue(json[value.Start..value.End]); break;
                case MessageKey.Detail: FineMark(); break;
                default: Conversation.Losses |= ExampleLoss.OtherKeys; break;
            }
        }

        Take(message, json, number);
    }

    private void Take(RawMessage message, ReadOnlySpan<byte> json, int number)
    {
        var where = $"{_definition.Messages}[{number}]";
        if (message.Role.Kind != JsonTokenType.String) throw Error($"{where} has no role");

        var word = Encoding.UTF8.GetString(Unescaped(json, message.Role));
        if (!_definition.Roles.TryGetValue(word, out var role) && !Known.TryGetValue(word, out role))
            throw Error($"{where} has the role '{VisibleText.Of(word)}', expected system, user, assistant or tool; 'roles' of 'conversation' names others");

        var turn = new TurnEntry { Role = role, IsTrained = message.Mark ?? role == TurnRole.Assistant };
        ReadContent(ref turn, message.Content, json, where);
        // A turn that is a call has its JSON as content.
        if (role == TurnRole.Assistant && word is "function_call" or "tool_call") AsCall(ref turn);

        // Only the model is trained.
        if (role != TurnRole.Assistant && turn is { IsTrained: true, HasPartMarks: false }) FineMark();

        if (message.Reasoning.Kind == JsonTokenType.String) Replace(ref turn.Reasoning, Text(json, message.Reasoning));
        if (CallsOf(message, json, where) is { Start: var start, End: var end } calls && end > start) Replace(ref turn.Calls, calls);
        if (message.CallId.Kind == JsonTokenType.String) turn.CallId = Text(json, message.CallId);
        if (message.Name.Kind == JsonTokenType.String) turn.Name = Text(json, message.Name);
        if (role == TurnRole.Assistant && Length(turn.Reasoning) == 0) DivideThought(ref turn);
        if (rules.DropsReasoning && Length(turn.Reasoning) > 0)
        {
            (turn.Reasoning, turn.Whole) = (default, default);
            Conversation.Losses |= ExampleLoss.Reasoning;
        }

        Require(turn, where);
        Conversation.Entries.Add(turn);
    }

    // The output schema is fixed before the first row is read, so a task must declare what its rows have.
    private void Require(TurnEntry turn, string where)
    {
        Missing(Length(turn.Calls) > 0 || Length(turn.CallId) > 0, TurnParts.ToolCalls, "calls of tools");
        Missing(Length(turn.Name) > 0 && turn.Role != TurnRole.Tool, TurnParts.Names, "a name");
        Missing(turn.HasMedia, TurnParts.Parts, "parts that are not text");
        Missing(Length(turn.Reasoning) > 0 && Length(turn.Whole) == 0, TurnParts.Reasoning, "reasoning");

        void Missing(bool isThere, TurnParts part, string what)
        {
            if (isThere && !_definition.Has.HasFlag(part))
                throw Error($"{where} has {what}, which the task does not say: add '{ConversationDefinition.PartNames[System.Numerics.BitOperations.Log2((uint)part)]}' to 'has' of 'conversation'");
        }
    }

    private (int Start, int End) CallsOf(RawMessage message, ReadOnlySpan<byte> json, string where)
    {
        if (message.OneCall.Kind == JsonTokenType.StartObject && message.Calls.Kind == JsonTokenType.None) return Call(json[message.OneCall.Start..message.OneCall.End]);
        if (message.OneCall.Kind == JsonTokenType.StartObject) Conversation.Losses |= ExampleLoss.OtherKeys;

        var calls = json[message.Calls.Start..message.Calls.End];
        if (message.Calls.Kind == JsonTokenType.StartArray) return calls.SequenceEqual("[]"u8) ? default : Line(calls);
        if (message.Calls.Kind == JsonTokenType.None || calls.SequenceEqual("\"\""u8)) return default;

        // One call without its list, or the JSON of the list as a text.
        return ReadCalls(message.Calls.Kind == JsonTokenType.String ? Unescaped(json, message.Calls) : calls, areFunctions: false) ?? throw Error($"the tool_calls of {where} are a text that is not JSON of calls");
    }

    // Duplicates, and values of the wrong type for their key, are omitted and counted.
    private void Set(ref RawValue place, RawValue value, bool isRight)
    {
        if (!isRight || place.Kind != JsonTokenType.None) Conversation.Losses |= ExampleLoss.OtherKeys;
        if (isRight || place.Kind == JsonTokenType.None) place = value;
    }

    private void Replace(ref (int Start, int End) place, (int Start, int End) value)
    {
        if (Length(place) > 0) Conversation.Losses |= ExampleLoss.OtherKeys;
        place = value;
    }

    private void FineMark()
    {
        if (rules.Training == TurnTraining.Marked) Conversation.Losses |= ExampleLoss.FineMarks;
    }

    // A boolean or a weight, also as a text. A weight between 0 and 1 cannot be represented in a turn that is trained on or not.
    private bool IsTrue(ReadOnlySpan<byte> value)
    {
        value = value.Trim((byte)'"');
        if (!System.Buffers.Text.Utf8Parser.TryParse(value, out double number, out var length) || length < value.Length) return !Ascii.EqualsIgnoreCase(value, "false"u8);
        if (number is not (0 or 1)) FineMark();
        return number > 0;
    }

    private static string Noun(JsonTokenType kind) => kind switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a truth value",
        _ => "null",
    };

    private static MessageKey KeyOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("role"u8) || reader.ValueTextEquals("from"u8) || reader.ValueTextEquals("speaker"u8) ? MessageKey.Role
        : reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("value"u8) || reader.ValueTextEquals("text"u8) ? MessageKey.Content
        : reader.ValueTextEquals("reasoning_content"u8) || reader.ValueTextEquals("thinking"u8) || reader.ValueTextEquals("reasoning"u8) ? MessageKey.Reasoning
        : reader.ValueTextEquals("tool_calls"u8) ? MessageKey.Calls
        : reader.ValueTextEquals("function_call"u8) ? MessageKey.OneCall
        : reader.ValueTextEquals("tool_call_id"u8) ? MessageKey.CallId
        : reader.ValueTextEquals("name"u8) ? MessageKey.Name
        : reader.ValueTextEquals("train"u8) || reader.ValueTextEquals("weight"u8) || reader.ValueTextEquals("loss_weight"u8) || reader.ValueTextEquals("loss_mask"u8) || reader.ValueTextEquals("loss"u8) ? MessageKey.Train
        : reader.ValueTextEquals("train_detail"u8) ? MessageKey.Detail
        : MessageKey.Other;

    private enum MessageKey
    {
        Role,
        Content,
        Reasoning,
        Calls,
        OneCall,
        CallId,
        Name,
        Train,
        Detail,
        Other,
    }

    /// <summary>A value in the JSON of a row.</summary>
    private readonly record struct RawValue(int Start, int End, JsonTokenType Kind);

    private struct RawMessage
    {
        public RawValue Role;
        public RawValue Content;
        public RawValue Reasoning;
        public RawValue Calls;
        public RawValue OneCall;
        public RawValue CallId;
        public RawValue Name;
        public bool? Mark;
    }
}
