using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace InstructKit.Text;

/// <summary>Writes JSON that is the same on every system: text unescaped where JSON allows it, and members written in one expression.</summary>
internal static class JsonWriting
{
    /// <summary>All on one line.</summary>
    public static JsonWriterOptions Compact { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One member or element per line.</summary>
    public static JsonWriterOptions Indented { get; } = Compact with { Indented = true, NewLine = "\n" };

    /// <summary>For records: one member per line, keys as in plan files.</summary>
    public static JsonSerializerOptions SnakeCase => new() { Encoder = Compact.Encoder, NewLine = "\n", PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>An indented document that is an object, with a line feed at its end.</summary>
    public static byte[] Document(Action<Utf8JsonWriter> members) => Value(json => json.Object(() => members(json)));

    /// <summary>An indented document with a line feed at its end.</summary>
    public static byte[] Value(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Indented)) write(json);

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    extension(Utf8JsonWriter json)
    {
        public Utf8JsonWriter Put(string name, string? value)
        {
            json.WriteString(name, value);
            return json;
        }

        public Utf8JsonWriter Put(string name, bool value)
        {
            json.WriteBoolean(name, value);
            return json;
        }

        public Utf8JsonWriter Put(string name, long value)
        {
            json.WriteNumber(name, value);
            return json;
        }

        public Utf8JsonWriter Put(string name, long? value)
        {
            if (value is { } number) json.WriteNumber(name, number);
            else json.WriteNull(name);
            return json;
        }

        public Utf8JsonWriter Put(string name, decimal value)
        {
            json.WriteNumber(name, value);
            return json;
        }

        /// <summary>A number; null if undefined.</summary>
        public Utf8JsonWriter Put(string name, double? value)
        {
            if (value is { } number && double.IsFinite(number)) json.WriteNumber(name, number);
            else json.WriteNull(name);
            return json;
        }

        /// <summary>A record.</summary>
        public Utf8JsonWriter Put<T>(string name, T value, JsonTypeInfo<T> type)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value, type);
            return json;
        }

        public Utf8JsonWriter Put(string name, IEnumerable<string> values) => json.List(name, values, json.WriteStringValue);

        /// <summary>An object of numbers.</summary>
        public Utf8JsonWriter Put(string name, IEnumerable<(string Key, long Number)> counts) => json.Object(name, () =>
        {
            foreach (var (key, number) in counts) json.WriteNumber(key, number);
        });

        /// <summary>An object of numbers.</summary>
        public Utf8JsonWriter Put(string name, IEnumerable<KeyValuePair<string, long>> counts) => json.Put(name, counts.Select(count => (count.Key, count.Value)));

        /// <summary>An object of texts.</summary>
        public Utf8JsonWriter Put(string name, IEnumerable<(string Key, string Text)> texts) => json.Object(name, () =>
        {
            foreach (var (key, text) in texts) json.WriteString(key, text);
        });

        /// <summary>A member that is an object.</summary>
        public Utf8JsonWriter Object(string name, Action members)
        {
            json.WritePropertyName(name);
            return json.Object(members);
        }

        public Utf8JsonWriter Object(Action members)
        {
            json.WriteStartObject();
            members();
            json.WriteEndObject();
            return json;
        }

        /// <summary>A member that is a list of objects.</summary>
        public Utf8JsonWriter Objects<T>(string name, IEnumerable<T> items, Action<T> members) => json.List(name, items, item => json.Object(() => members(item)));

        /// <summary>A member that is a list of values.</summary>
        public Utf8JsonWriter List<T>(string name, IEnumerable<T> items, Action<T> write)
        {
            json.WritePropertyName(name);
            return json.List(items, write);
        }

        public Utf8JsonWriter List<T>(IEnumerable<T> items, Action<T> write)
        {
            json.WriteStartArray();
            foreach (var item in items) write(item);
            json.WriteEndArray();
            return json;
        }
    }
}
