using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serilog.Events;
using Serilog.Formatting;

namespace InstructKit.Cli.Output;

/// <summary>
/// One JSON object per line, with the names of Serilog's compact format: <c>@t</c> time, <c>@l</c> level, <c>@m</c> message, <c>@mt</c> its
/// template, <c>@x</c> exception, and the properties.
/// </summary>
internal sealed class JsonLineFormatter : ITextFormatter
{
    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("@t", logEvent.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("@l", logEvent.Level.ToString());
            json.WriteString("@m", logEvent.RenderMessage(CultureInfo.InvariantCulture));
            json.WriteString("@mt", logEvent.MessageTemplate.Text);
            if (logEvent.Exception is { } exception) json.WriteString("@x", exception.ToString());

            foreach (var (name, value) in logEvent.Properties.OrderBy(property => property.Key, StringComparer.Ordinal))
            {
                json.WritePropertyName(name);
                Write(json, value);
            }

            json.WriteEndObject();
        }

        output.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        output.Write('\n');
    }

    private static void Write(Utf8JsonWriter json, LogEventPropertyValue value)
    {
        switch (value)
        {
            case ScalarValue { Value: null }:
                json.WriteNullValue();
                break;
            case ScalarValue { Value: bool truth }:
                json.WriteBooleanValue(truth);
                break;
            case ScalarValue { Value: int or long } number:
                json.WriteNumberValue(Convert.ToInt64(number.Value, CultureInfo.InvariantCulture));
                break;
            case ScalarValue { Value: string text }:
                json.WriteStringValue(text);
                break;
            case SequenceValue list:
                json.WriteStartArray();
                foreach (var item in list.Elements) Write(json, item);

                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(value.ToString(null, CultureInfo.InvariantCulture));
                break;
        }
    }
}
