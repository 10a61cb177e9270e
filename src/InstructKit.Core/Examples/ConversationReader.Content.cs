using System.Text.Json;
using InstructKit.Tasks;

namespace InstructKit.Examples;

/// <summary>Reads the content of messages: texts, parts, calls and reasoning.</summary>
internal sealed partial class ConversationReader
{
    private void ReadContent(ref TurnEntry turn, RawValue content, ReadOnlySpan<byte> json, string where)
    {
        switch (content.Kind)
        {
            case JsonTokenType.None: break;
            case JsonTokenType.String: turn.Text = Text(json, content); break;
            case JsonTokenType.StartArray: ReadParts(ref turn, json[content.Start..content.End], where); break;
            default: throw Error($"the content of {where} is {Noun(content.Kind)}, expected a text or a list of parts");
        }
    }

    private void ReadParts(ref TurnEntry turn, ReadOnlySpan<byte> json, string where)
    {
        var buffer = Conversation.Buffer;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        List<RawPart> parts = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var at = (int)reader.TokenStartIndex;
            if (reader.TokenType == JsonTokenType.String) parts.Add(new RawPart { Start = at, End = (int)reader.BytesConsumed, Text = new RawValue(at, (int)reader.BytesConsumed, JsonTokenType.String) });
            else if (reader.TokenType == JsonTokenType.StartObject) parts.Add(ReadPart(ref reader, json));
            else throw Error($"a part of the content of {where} is {Noun(reader.TokenType)}, expected an object with its type");
        }

        TakeMarks(ref turn, parts);
        turn.HasMedia = parts.Exists(part => part.Kind == PartKind.Other);
        var isKept = turn.HasMedia || (turn.HasPartMarks && _definition.Has.HasFlag(TurnParts.Parts));
        if (isKept && parts.TrueForAll(part => part.Kind is PartKind.Text or PartKind.Other)) turn.Parts = Line(json);
        else if (isKept) turn.Parts = ListOf(parts, json);
        else if (parts.Exists(part => part.HasMore)) Conversation.Losses |= ExampleLoss.OtherKeys;

        turn.Text = Joined(json, parts, PartKind.Text, string.Empty);
        turn.Reasoning = Joined(json, parts, PartKind.Reasoning, "\n\n");
        var (start, isFirst) = (buffer.Length, true);
        buffer.AppendRaw("["u8);
        foreach (var call in parts.Where(part => part.Kind == PartKind.Call))
        {
            if (!AppendCalls(Unescaped(json, call.Text), areFunctions: true, ref isFirst)) throw Error($"a call of {where} is not JSON of a call or of a list of calls");
        }

        buffer.AppendRaw("]"u8);
        if (!isFirst) turn.Calls = (start, buffer.Length);
    }

    private RawPart ReadPart(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var (part, type) = (new RawPart { Start = (int)reader.TokenStartIndex }, string.Empty);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isText = reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("value"u8) || reader.ValueTextEquals("thinking"u8) || reader.ValueTextEquals("content"u8);
            var isMark = KeyOf(ref reader) == MessageKey.Train;
            reader.Read();
            var (start, kind) = ((int)reader.TokenStartIndex, reader.TokenType);
            if (isType && kind == JsonTokenType.String) type = reader.GetString()!; // it is a string
            reader.Skip();
            var value = new RawValue(start, (int)reader.BytesConsumed, kind);
            if (kind == JsonTokenType.Null) continue;

            if (isText && kind == JsonTokenType.String) part.Text = value;
            else if (isMark) part.Mark = IsTrue(json[value.Start..value.End]);
            else part.HasMore |= !isType;
        }

        part.End = (int)reader.BytesConsumed;
        part.Kind = part.Text.Kind != JsonTokenType.String ? PartKind.Other
            : type switch { "text" or "" or "input_text" or "output_text" => PartKind.Text, "reasoning" or "thinking" => PartKind.Reasoning, "tool_call" => PartKind.Call, _ => PartKind.Other };
        return part;
    }

    // Marks that agree apply to the turn; others are finer than a turn.
    private void TakeMarks(ref TurnEntry turn, List<RawPart> parts)
    {
        if (rules.Training != TurnTraining.Marked || !parts.Exists(part => part.Mark is not null)) return;

        var otherwise = turn.IsTrained;
        var trained = parts.Count(part => part.Mark ?? otherwise);
        turn.IsTrained = trained > 0;
        turn.HasPartMarks = trained > 0 && trained < parts.Count;
    }

    private (int Start, int End) ListOf(List<RawPart> parts, ReadOnlySpan<byte> json)
    {
        var buffer = Conversation.Buffer;
        var start = buffer.Length;
        buffer.AppendRaw("["u8);
        foreach (var (i, part) in parts.Where(part => part.Kind is PartKind.Text or PartKind.Other).Index())
        {
            if (i > 0) buffer.AppendRaw(","u8);
            Line(json[part.Start..part.End]);
        }

        buffer.AppendRaw("]"u8);
        return (start, buffer.Length);
    }

    private (int Start, int End) Joined(ReadOnlySpan<byte> json, List<RawPart> parts, PartKind kind, string between)
    {
        var start = Conversation.Buffer.Length;
        foreach (var (i, part) in parts.Where(part => part.Kind == kind && part.Text.Kind == JsonTokenType.String).Index())
        {
            if (i > 0) Conversation.Buffer.AppendText(between);
            Text(json, part.Text);
        }

        return (start, Conversation.Buffer.Length);
    }

    // LLaMA-Factory writes the JSON of one call, or of a list of them, as the text of a turn; anything else is the model's text.
    private void AsCall(ref TurnEntry turn)
    {
        if (ReadCalls(Conversation.Buffer.Written[turn.Text.Start..turn.Text.End].ToArray(), areFunctions: true) is { } calls) (turn.Calls, turn.Text) = (calls, default);
    }

    // Parses a text as calls; null if it is not.
    private (int Start, int End)? ReadCalls(ReadOnlySpan<byte> said, bool areFunctions)
    {
        var (buffer, isFirst) = (Conversation.Buffer, true);
        var start = buffer.Length;
        buffer.AppendRaw("["u8);
        if (!AppendCalls(said, areFunctions, ref isFirst)) return null;

        buffer.AppendRaw("]"u8);
        return isFirst ? default((int, int)) : (start, buffer.Length);
    }

    // Appends the calls in a text that is one call or a list of them. Otherwise returns false and appends nothing.
    private bool AppendCalls(ReadOnlySpan<byte> said, bool areFunctions, ref bool isFirst)
    {
        var buffer = Conversation.Buffer;
        var (start, wasFirst) = (buffer.Length, isFirst);
        try
        {
            var reader = new Utf8JsonReader(said, new JsonReaderOptions { MaxDepth = MaxDepth });
            var isList = reader.Read() && reader.TokenType == JsonTokenType.StartArray;
            if (!isList && reader.TokenType != JsonTokenType.StartObject) return false;

            while (!isList || (reader.Read() && reader.TokenType != JsonTokenType.EndArray))
            {
                var from = (int)reader.TokenStartIndex;
                reader.Skip();
                if (!isFirst) buffer.AppendRaw(","u8);
                isFirst = false;
                if (areFunctions) AppendCall(said[from..(int)reader.BytesConsumed]);
                else Line(said[from..(int)reader.BytesConsumed]);
                if (!isList) break;
            }

            // Anything after it is a reader error.
            return !reader.Read();
        }
        catch (JsonException)
        {
            (buffer.Length, isFirst) = (start, wasFirst);
            return false;
        }
    }

    private void AppendCall(ReadOnlySpan<byte> function)
    {
        Conversation.Buffer.AppendRaw("{\"type\":\"function\",\"function\":"u8);
        Line(function);
        Conversation.Buffer.AppendRaw("}"u8);
    }

    // <think>…</think> at the beginning of the model's text.
    private void DivideThought(ref TurnEntry turn)
    {
        var text = Conversation.Buffer.Written[turn.Text.Start..turn.Text.End];
        var open = text.IndexOfAnyExcept(" \t\r\n"u8);
        if (open < 0 || !text[open..].StartsWith("<think>"u8) || text.IndexOf("</think>"u8) is not (>= 0 and var close)) return;

        var thought = (Start: open + "<think>".Length, End: close);
        while (thought.Start < thought.End && text[thought.Start] is (byte)'\n' or (byte)'\r') thought.Start++;
        while (thought.Start < thought.End && text[thought.End - 1] is (byte)'\n' or (byte)'\r') thought.End--;
        var rest = close + "</think>".Length;
        while (rest < text.Length && text[rest] is (byte)'\n' or (byte)'\r') rest++;
        // Some templates write an empty block, which is not reasoning.
        if (thought.Start == thought.End) return;

        turn.Whole = turn.Text;
        turn.Reasoning = (turn.Text.Start + thought.Start, turn.Text.Start + thought.End);
        turn.Text = (turn.Text.Start + rest, turn.Text.End);
    }

    private (int Start, int End) Call(ReadOnlySpan<byte> function)
    {
        var start = Conversation.Buffer.Length;
        Conversation.Buffer.AppendRaw("["u8);
        AppendCall(function);
        Conversation.Buffer.AppendRaw("]"u8);
        return (start, Conversation.Buffer.Length);
    }

    private static int Length((int Start, int End) range) => range.End - range.Start;

    // Writes JSON on one line: only between tokens can lines end.
    private (int Start, int End) Line(ReadOnlySpan<byte> json)
    {
        var buffer = Conversation.Buffer;
        var start = buffer.Length;
        while (json.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var at)
        {
            buffer.AppendRaw(json[..at]);
            json = json[(at + 1)..];
        }

        buffer.AppendRaw(json);
        return (start, buffer.Length);
    }

    private (int Start, int End) Plain(ReadOnlySpan<byte> text)
    {
        var start = Conversation.Buffer.Length;
        Conversation.Buffer.AppendRaw(text);
        return (start, Conversation.Buffer.Length);
    }

    private (int Start, int End) Text(ReadOnlySpan<byte> json, RawValue value)
    {
        var buffer = Conversation.Buffer;
        var inner = json[(value.Start + 1)..(value.End - 1)];
        var start = buffer.Length;
        buffer.Advance(JsonEscapes.Unescape(inner, buffer.Reserve(inner.Length)));
        return (start, buffer.Length);
    }

    private static ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> json, RawValue value) => JsonEscapes.Unescape(json[(value.Start + 1)..(value.End - 1)]);

    private enum PartKind
    {
        Text,
        Reasoning,
        Call,
        Other,
    }

    /// <summary>A content part.</summary>
    private struct RawPart
    {
        public int Start;
        public int End;
        public PartKind Kind;
        public RawValue Text;
        public bool? Mark;
        public bool HasMore;
    }
}
