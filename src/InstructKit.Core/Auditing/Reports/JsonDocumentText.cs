using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace InstructKit.Auditing.Reports;

/// <summary>Makes the bytes of an indented JSON document, the same on every system.</summary>
internal static class JsonDocumentText
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The document with a line feed at its end.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options)) write(writer);

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }
}
