using System.Text.Json;

namespace InstructKit.Examples;

/// <summary>What a message says: texts, parts, calls and reasoning.</summary>
internal sealed partial class ConversationReader
{
    private void ReadContent(ref TurnEntry turn, RawValue content, ReadOnlySpan<byte> json, string where)
    {
        switch (content.Kind)
        {
            case JsonTokenType.None:
                break;
            case JsonTokenType.String:
                turn.Text = Text(json, content);
                break;
            case JsonTokenType.StartArray:
                ReadParts(ref turn, json[content.Start..content.End], where);
                break;
            default:
                throw Error($"the content of {where} is {Noun(content.Kind)}, expected a text or a list of parts");
        }
    }

    private void ReadParts(ref TurnEntry turn, ReadOnlySpan<byte> json, string where)
    {
        var buffer = Conversation.Buffer;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        List<RawValue> texts = [];
        var (isMixed, thought, call) = (false, default(RawValue), default(RawValue));
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                texts.Add(new RawValue((int)reader.TokenStartIndex, (int)reader.BytesConsumed, JsonTokenType.String));
                continue;
            }

            if (reader.TokenType != JsonTokenType.StartObject) throw Error($"a part of the content of {where} is {Noun(reader.TokenType)}, expected an object with its type");

            var (text, type) = (default(RawValue), string.Empty);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var isType = reader.ValueTextEquals("type"u8);
                var isText = reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("value"u8) || reader.ValueTextEquals("thinking"u8) || reader.ValueTextEquals("content"u8);
                reader.Read();
                var (start, kind) = ((int)reader.TokenStartIndex, reader.TokenType);
                if (isType && kind == JsonTokenType.String) type = reader.GetString()!; // it is a string
                reader.Skip();
                if (isText && kind == JsonTokenType.String) text = new RawValue(start, (int)reader.BytesConsumed, kind);
            }

            if (type is "text" or "" or "input_text" or "output_text" && text.Kind == JsonTokenType.String) texts.Add(text);
            else if (type is "reasoning" or "thinking" && text.Kind == JsonTokenType.String) thought = text;
            else if (type is "tool_call" && text.Kind == JsonTokenType.String) call = text;
            else isMixed = true;
        }

        if (isMixed) turn.Parts = Line(json);

        var from = buffer.Length;
        foreach (var text in texts) Text(json, text);
        turn.Text = (from, buffer.Length);
        if (thought.Kind == JsonTokenType.String) turn.Reasoning = Text(json, thought);
        if (call.Kind == JsonTokenType.String)
        {
            var said = Text(json, call);
            turn.Calls = IsObject(buffer.Written[said.Start..said.End]) ? Call(buffer.Written[said.Start..said.End].ToArray()) : said;
        }
    }

    // LLaMA-Factory writes the JSON of one call, or of a list of them, as the text of a turn.
    private void AsCall(ref TurnEntry turn)
    {
        var said = Conversation.Buffer.Written[turn.Text.Start..turn.Text.End].Trim(" \t\r\n"u8).ToArray();
        try
        {
            var reader = new Utf8JsonReader(said, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                turn.Calls = Call(said);
            }
            else if (reader.TokenType == JsonTokenType.StartArray)
            {
                var start = Conversation.Buffer.Length;
                Conversation.Buffer.AppendRaw("["u8);
                for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
                {
                    var from = (int)reader.TokenStartIndex;
                    reader.Skip();
                    if (i > 0) Conversation.Buffer.AppendRaw(","u8);
                    AppendCall(said.AsSpan(from, (int)reader.BytesConsumed - from));
                }

                Conversation.Buffer.AppendRaw("]"u8);
                turn.Calls = (start, Conversation.Buffer.Length);
            }
            else
            {
                return;
            }

            turn.Text = default;
        }
        catch (JsonException)
        {
            // Then it is what the model says.
            turn.Calls = default;
        }
    }

    private void AppendCall(ReadOnlySpan<byte> function)
    {
        Conversation.Buffer.AppendRaw("{\"type\":\"function\",\"function\":"u8);
        Line(function);
        Conversation.Buffer.AppendRaw("}"u8);
    }

    private static bool IsObject(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // <think>…</think> at the beginning of what the model says.
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
        // An empty block is a habit of some templates and no thought.
        if (thought.Start == thought.End) return;

        turn.Whole = turn.Text;
        turn.Reasoning = (turn.Text.Start + thought.Start, turn.Text.Start + thought.End);
        turn.Text = (turn.Text.Start + rest, turn.Text.End);
    }
}
