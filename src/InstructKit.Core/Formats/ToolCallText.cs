using System.Buffers.Text;
using System.Text.Json;
using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary>Calls of tools in the forms of different readers. Names and arguments are the bytes of the source: an object becomes a text, or a text the
/// object, without being rewritten.</summary>
internal static class ToolCallText
{
    private const int MaxDepth = 1000;

    /// <summary>Number of calls in the JSON of a list of them.</summary>
    public static int CountOf(ReadOnlySpan<byte> calls) => Read(calls).Count;

    /// <summary>Losses of the forms below.</summary>
    /// <param name="calls">JSON of the calls.</param>
    /// <param name="hasIds">True for a form with ids.</param>
    public static ExampleLoss LossesOf(ReadOnlySpan<byte> calls, bool hasIds)
    {
        var losses = ExampleLoss.None;
        foreach (var call in Read(calls))
        {
            if (!hasIds && call.Id.Kind != JsonTokenType.None) losses |= ExampleLoss.CallIds;
            if (call.HasMore) losses |= ExampleLoss.OtherKeys;
        }

        return losses;
    }

    /// <summary>Only the functions: <c>{"name", "arguments"}</c>, or a list if there are several (LLaMA-Factory data/README.md).</summary>
    /// <param name="calls">JSON of the calls.</param>
    /// <param name="output">The output; plain.</param>
    public static ReadOnlySpan<byte> Functions(ReadOnlySpan<byte> calls, Utf8Output output)
    {
        output.Length = 0;
        var read = Read(calls);
        if (read.Count != 1) output.AppendRaw("["u8);
        for (var i = 0; i < read.Count; i++)
        {
            if (i > 0) output.AppendRaw(","u8);
            output.AppendRaw("{\"name\":"u8);
            Raw(calls, read[i].Name, "\"\""u8, output);
            output.AppendRaw(",\"arguments\":"u8);
            AppendObject(calls, read[i].Arguments, output);
            output.AppendRaw("}"u8);
        }

        if (read.Count != 1) output.AppendRaw("]"u8);
        return output.Written;
    }

    /// <summary>The calls with objects as arguments, which is what chat templates print; everything else unchanged.</summary>
    /// <param name="calls">JSON of the calls.</param>
    public static void AppendWithObjects(ReadOnlySpan<byte> calls, Utf8Output output)
    {
        var from = 0;
        foreach (var call in Read(calls))
        {
            if (call.Arguments.Kind != JsonTokenType.String) continue;

            output.AppendRaw(calls[from..call.Arguments.Start]);
            AppendObject(calls, call.Arguments, output);
            from = call.Arguments.End;
        }

        output.AppendRaw(calls[from..]);
    }

    /// <summary>The calls as expected by OpenAI's services: an id, the type, and arguments that are a text.</summary>
    /// <param name="calls">JSON of the calls.</param>
    /// <param name="number">Number of the first call in its conversation, for calls without an id.</param>
    public static ReadOnlySpan<byte> Strict(ReadOnlySpan<byte> calls, int number, Utf8Output output)
    {
        output.Length = 0;
        output.AppendRaw("["u8);
        foreach (var (i, call) in Read(calls).Index())
        {
            output.AppendRaw(i == 0 ? "{\"id\":"u8 : ",{\"id\":"u8);
            if (call.Id.Kind == JsonTokenType.String)
            {
                output.AppendRaw(calls[call.Id.Start..call.Id.End]);
            }
            else
            {
                output.AppendRaw("\"call_"u8);
                output.AppendInteger(number + i);
                output.AppendRaw("\""u8);
            }

            output.AppendRaw(",\"type\":\"function\",\"function\":{\"name\":"u8);
            Raw(calls, call.Name, "\"\""u8, output);
            output.AppendRaw(",\"arguments\":"u8);
            if (call.Arguments.Kind == JsonTokenType.String)
            {
                output.AppendRaw(calls[call.Arguments.Start..call.Arguments.End]);
            }
            else
            {
                output.AppendRaw("\""u8);
                output.AppendText(call.Arguments.Kind == JsonTokenType.None ? "{}"u8 : calls[call.Arguments.Start..call.Arguments.End]);
                output.AppendRaw("\""u8);
            }

            output.AppendRaw("}}"u8);
        }

        output.AppendRaw("]"u8);
        return output.Written;
    }

    /// <summary>Writes the id that <see cref="Strict"/> assigns to a call without one.</summary>
    public static void WriteId(int number, RecordWriter record)
    {
        Span<byte> digits = stackalloc byte[11];
        Utf8Formatter.TryFormat(number, digits, out var written);
        record.StartText();
        record.AddText(new ExampleText("call_"u8, false));
        record.AddText(new ExampleText(digits[..written], false));
        record.EndText();
    }

    private static void Raw(ReadOnlySpan<byte> json, Part part, ReadOnlySpan<byte> otherwise, Utf8Output output) =>
        output.AppendRaw(part.Kind == JsonTokenType.None ? otherwise : json[part.Start..part.End]);

    // A text of a JSON object becomes the object; any other text is unchanged.
    private static void AppendObject(ReadOnlySpan<byte> json, Part part, Utf8Output output)
    {
        if (part.Kind == JsonTokenType.String)
        {
            var text = JsonEscapes.Unescape(json[(part.Start + 1)..(part.End - 1)]);
            if (IsObject(text))
            {
                foreach (var one in text)
                {
                    // In JSON, lines can end only between tokens.
                    if (one is not ((byte)'\n' or (byte)'\r')) output.AppendRaw([one]);
                }

                return;
            }
        }

        Raw(json, part, "{}"u8, output);
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

    // A call is {"id", "type", "function": {"name", "arguments"}}, or just the function. Anything other than a list of calls has none.
    private static List<Call> Read(ReadOnlySpan<byte> calls)
    {
        List<Call> read = [];
        if (calls.IsEmpty || calls[0] != '[') return read;

        try
        {
            var reader = new Utf8JsonReader(calls, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var call = new Call { HasMore = reader.TokenType != JsonTokenType.StartObject };
                if (call.HasMore) reader.Skip();
                else Members(ref reader, ref call, isFunction: false);
                read.Add(call);
            }
        }
        catch (JsonException)
        {
            return [];
        }

        return read;
    }

    private static void Members(ref Utf8JsonReader reader, ref Call call, bool isFunction)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isId = !isFunction && reader.ValueTextEquals("id"u8);
            var isName = reader.ValueTextEquals("name"u8);
            var isArguments = reader.ValueTextEquals("arguments"u8) || reader.ValueTextEquals("parameters"u8);
            var isType = !isFunction && reader.ValueTextEquals("type"u8);
            var isInner = !isFunction && reader.ValueTextEquals("function"u8);
            reader.Read();
            if (isInner && reader.TokenType == JsonTokenType.StartObject)
            {
                Members(ref reader, ref call, isFunction: true);
                continue;
            }

            var (start, kind) = ((int)reader.TokenStartIndex, reader.TokenType);
            isType = isType && kind == JsonTokenType.String && reader.ValueTextEquals("function"u8);
            reader.Skip();
            var part = new Part(start, (int)reader.BytesConsumed, kind);
            if (kind == JsonTokenType.Null) continue;

            if (isId) call.Id = part;
            else if (isName) call.Name = part;
            else if (isArguments) call.Arguments = part;
            else call.HasMore |= !isType;
        }
    }

    private readonly record struct Part(int Start, int End, JsonTokenType Kind);

    private struct Call
    {
        public Part Id;
        public Part Name;
        public Part Arguments;
        public bool HasMore;
    }
}
