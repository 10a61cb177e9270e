using System.Text.Encodings.Web;
using System.Text.Json;

namespace InstructKit.Cli.Output;

/// <summary>Writes the one JSON document of a command to standard output.</summary>
internal static class JsonDocumentOutput
{
    /// <summary>Writes an object, indented, with a final line feed.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="write">Writes the members.</param>
    public static void Write(Terminal terminal, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(terminal.Output, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        terminal.Output.Write("\n"u8);
        terminal.Output.Flush();
    }

    /// <summary>Writes a list of texts.</summary>
    public static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);

        json.WriteEndArray();
    }
}
