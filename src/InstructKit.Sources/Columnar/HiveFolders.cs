using System.Text.Json;

namespace InstructKit.Sources.Columnar;

/// <summary>Columns whose values are encoded in folder names, as Hive, Spark and DuckDB partition data: <c>lang=de/part-0.parquet</c>.</summary>
internal static class HiveFolders
{
    // What Hive writes for null.
    private const string NullName = "__HIVE_DEFAULT_PARTITION__";

    /// <summary>The columns in the folders of a file, outermost first, each with its value as text: UTF-8, percent escapes resolved; null for null.</summary>
    public static IReadOnlyList<(string Column, byte[]? Value)> Of(string name)
    {
        if (!name.Contains('=', StringComparison.Ordinal)) return [];

        List<(string, byte[]?)> found = [];
        foreach (var folder in name.Split('/')[..^1])
        {
            var sign = folder.IndexOf('=', StringComparison.Ordinal);
            if (sign <= 0) continue;

            var value = folder[(sign + 1)..];
            found.Add((Uri.UnescapeDataString(folder[..sign]), value == NullName ? null : Encoding.UTF8.GetBytes(Uri.UnescapeDataString(value))));
        }

        return found;
    }
}

/// <summary>The names of labels in the metadata that Hugging Face's <c>datasets</c> writes into a file: <c>{"info": {"features": {"label": {"names": […], "_type": "ClassLabel"}}}}</c>.</summary>
internal static class ClassLabels
{
    /// <summary>For each label column, the names in numeric order; empty where the metadata is missing or has another shape.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Read(string? metadata)
    {
        Dictionary<string, IReadOnlyList<string>> labels = new(StringComparer.Ordinal);
        if (metadata is null) return labels;

        try
        {
            using var json = JsonDocument.Parse(metadata);
            if (Member(Member(json.RootElement, "info"), "features") is not { ValueKind: JsonValueKind.Object } features) return labels;

            foreach (var column in features.EnumerateObject())
            {
                if (Member(column.Value, "_type") is { ValueKind: JsonValueKind.String } type && type.ValueEquals("ClassLabel")
                    && Member(column.Value, "names") is { ValueKind: JsonValueKind.Array } names
                    && names.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String))
                {
                    labels[column.Name] = [.. names.EnumerateArray().Select(name => name.GetString()!)]; // strings, as was checked
                }
            }
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // The metadata is only a hint; rows can be read without it. An escaped lone surrogate is not text.
            labels.Clear();
        }

        return labels;
    }

    private static JsonElement? Member(JsonElement? owner, string name) =>
        owner is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var member) ? member : null;
}
