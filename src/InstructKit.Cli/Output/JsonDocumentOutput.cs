using System.Text.Json;

namespace InstructKit.Cli.Output;

/// <summary>Writes the one JSON document of a command to standard output.</summary>
internal static class JsonDocumentOutput
{
    /// <summary>Writes an object, indented, with a final line feed.</summary>
    /// <param name="write">Writes the members.</param>
    public static void Write(Terminal terminal, Action<Utf8JsonWriter> write)
    {
        terminal.Output.Write(JsonWriting.Document(write));
        terminal.Output.Flush();
    }
}
