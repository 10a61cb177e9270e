using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace InstructKit.Tests.Formats;

/// <summary>Reads TFRecord files by their description: u64 length, u32 masked CRC-32C of the length, data, u32 masked CRC-32C of the data; the data is a
/// protocol buffer <c>Example { Features { map&lt;string, Feature&gt; } }</c>. Written for the tests, from the description, with the CRC bit by bit.</summary>
internal static class TfRecordFile
{
    /// <summary>CRC-32C of bytes: reflected polynomial 0x82F63B78, start and end inverted.</summary>
    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
        }

        return crc ^ 0xFFFFFFFFu;
    }

    public static IEnumerable<byte[]> Records(string path)
    {
        var file = File.ReadAllBytes(path);
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Check(file.AsSpan(at, 8), file.AsSpan(at + 8, 4));
            Check(file.AsSpan(at + 12, length), file.AsSpan(at + 12 + length, 4));
            yield return file[(at + 12)..(at + 12 + length)];
            at += 16 + length;
        }
    }

    /// <summary>Every record as a JSON object: one text, integer or number directly, several as a list, a feature that is JSON text as that JSON, an absent one of carried columns as null.</summary>
    public static IEnumerable<string> ReadAsJson(string path)
    {
        string[] carried = ["stars", "names", "area"];
        foreach (var record in Records(path))
        {
            var features = Features(record).ToDictionary(feature => feature.Name, feature => feature.Values);
            var members = features.Where(feature => !carried.Contains(feature.Key)).Select(feature => $"\"{feature.Key}\":{Value(feature.Key, feature.Value)}")
                .Concat(carried.Select(name => $"\"{name}\":{(features.TryGetValue(name, out var values) ? Value(name, values) : "null")}"));
            yield return $"{{{string.Join(',', members)}}}";
        }
    }

    private static string Value(string name, List<string> values) => name is "choices" or "answers" or "answer_indexes" or "metrics" ? $"[{string.Join(',', values)}]"
        : name == "names" ? JsonDocument.Parse(values[0]).RootElement.GetString()!
        : values[0];

    private static IEnumerable<(string Name, List<string> Values)> Features(byte[] example)
    {
        foreach (var (_, features) in Fields(example))
        {
            foreach (var (_, entry) in Fields(features))
            {
                var parts = Fields(entry).ToDictionary(part => part.Number, part => part.Bytes);
                var (kind, list) = Fields(parts[2]).Single();
                yield return (Encoding.UTF8.GetString(parts[1]), Values(list, kind));
            }
        }
    }

    private static List<string> Values(byte[] list, int kind)
    {
        List<string> values = [];
        for (var at = 0; at < list.Length;)
        {
            var tag = list[at++];
            Xunit.Assert.Equal(1, tag >> 3);
            switch (kind)
            {
                case 1:
                    var length = (int)Varint(list, ref at);
                    values.Add(JsonSerializer.Serialize(Encoding.UTF8.GetString(list, at, length), Relaxed));
                    at += length;
                    break;
                case 2:
                    values.Add(Number(BinaryPrimitives.ReadSingleLittleEndian(list.AsSpan(at))));
                    at += 4;
                    break;
                default: values.Add(((long)Varint(list, ref at)).ToString(System.Globalization.CultureInfo.InvariantCulture)); break;
            }
        }

        return values;
    }

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Number(float value) => value == MathF.Floor(value) ? $"{(long)value}.0" : value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<(int Number, byte[] Bytes)> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = (int)Varint(message, ref at);
            Xunit.Assert.Equal(2, tag & 7);
            var length = (int)Varint(message, ref at);
            yield return (tag >> 3, message[at..(at + length)]);
            at += length;
        }
    }

    private static ulong Varint(byte[] bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            value |= (ulong)(bytes[at] & 0x7f) << shift;
            if (bytes[at++] < 0x80) return value;
        }
    }

    private static void Check(ReadOnlySpan<byte> data, ReadOnlySpan<byte> stored)
    {
        var crc = Crc(data);
        Xunit.Assert.Equal(((crc >> 15) | (crc << 17)) + 0xa282ead8u, BinaryPrimitives.ReadUInt32LittleEndian(stored));
    }
}
