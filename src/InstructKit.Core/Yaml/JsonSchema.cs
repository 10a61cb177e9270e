using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace InstructKit.Yaml;

/// <summary>Writes JSON Schema documents of strict mappings: unknown keys are errors, as they are to the tool.</summary>
internal static class JsonSchema
{
    /// <summary>A document whose root is a strict object, indented, with a final line feed.</summary>
    /// <param name="title">What it describes.</param>
    /// <param name="members">Writes the members of the root.</param>
    public static byte[] Write(string title, Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            json.WriteString("title", title);
            Object(json, () => members(json));
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The members of a strict object.</summary>
    public static void Object(Utf8JsonWriter json, Action members)
    {
        json.WriteString("type", "object");
        json.WriteBoolean("additionalProperties", false);
        members();
    }

    /// <summary>The properties of an object.</summary>
    public static void Properties(Utf8JsonWriter json, Action members)
    {
        json.WriteStartObject("properties");
        members();
        json.WriteEndObject();
    }
}
