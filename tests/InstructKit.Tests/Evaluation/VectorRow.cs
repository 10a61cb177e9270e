using System.Text.Json;
using System.Text.RegularExpressions;

namespace InstructKit.Tests.Evaluation;

/// <summary>Reads the parts of a vector row.</summary>
internal static partial class VectorRow
{
    [GeneratedRegex(@"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}")]
    private static partial Regex LoneSurrogate { get; }

    /// <summary>The text of an element as in a row of the project, where a lone surrogate is U+FFFD.</summary>
    public static byte[] Bytes(JsonElement element)
    {
        var raw = element.GetRawText();
        if (element.ValueKind != JsonValueKind.String) return Encoding.UTF8.GetBytes(raw);
        using var document = JsonDocument.Parse(LoneSurrogate.Replace(raw, "\\ufffd"));
        return Encoding.UTF8.GetBytes(document.RootElement.GetString()!);
    }

    public static byte[] Prediction(JsonElement row) => Bytes(row.GetProperty("prediction"));

    public static ReadOnlyMemory<byte>[] List(JsonElement element) => element.ValueKind == JsonValueKind.Array
        ? [.. element.EnumerateArray().Where(static one => one.ValueKind != JsonValueKind.Null).Select(static one => (ReadOnlyMemory<byte>)Bytes(one))]
        : [Bytes(element)];

    public static ReadOnlyMemory<byte>[] References(JsonElement row) => List(row.GetProperty("references"));

    public static JsonElement? Option(JsonElement row, string name) =>
        row.GetProperty("options").TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static bool Option(JsonElement row, string name, bool fallback) => Option(row, name)?.GetBoolean() ?? fallback;

    public static int Option(JsonElement row, string name, int fallback) => Option(row, name)?.GetInt32() ?? fallback;

    public static double Option(JsonElement row, string name, double fallback) => Option(row, name)?.GetDouble() ?? fallback;

    public static string Option(JsonElement row, string name, string fallback) => Option(row, name)?.GetString() ?? fallback;

    /// <summary>Predictions with their references: a list of each, or one prediction with a list.</summary>
    public static List<(byte[] Prediction, ReadOnlyMemory<byte>[] References)> Pairs(JsonElement row)
    {
        var (prediction, references) = (row.GetProperty("prediction"), row.GetProperty("references"));
        return prediction.ValueKind != JsonValueKind.Array
            ? [(Bytes(prediction), List(references))]
            : [.. prediction.EnumerateArray().Zip(references.EnumerateArray(), static (one, golds) => (Bytes(one), List(golds)))];
    }

    /// <summary>Turns reference streams (one list per reference) into one list of references per prediction.</summary>
    public static List<(byte[] Prediction, ReadOnlyMemory<byte>[] References)> StreamPairs(JsonElement row)
    {
        var prediction = row.GetProperty("prediction");
        if (prediction.ValueKind == JsonValueKind.Null) return [];
        if (prediction.ValueKind != JsonValueKind.Array) return Pairs(row);
        if (row.GetProperty("references").EnumerateArray().All(static one => one.ValueKind == JsonValueKind.String)) return Pairs(row);
        var streams = row.GetProperty("references").EnumerateArray().Select(static stream => stream.EnumerateArray().ToList()).ToList();
        return
        [
            .. prediction.EnumerateArray().Select((one, i) => (Bytes(one),
                streams.Where(stream => stream[i].ValueKind != JsonValueKind.Null).Select(stream => (ReadOnlyMemory<byte>)Bytes(stream[i])).ToArray())),
        ];
    }
}
