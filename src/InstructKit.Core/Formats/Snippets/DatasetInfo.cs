using System.Text.Json;
using System.Text.Json.Nodes;

namespace InstructKit.Formats.Snippets;

/// <summary>Contents of rows other than their turns, all of which LLaMA-Factory must know.</summary>
/// <param name="HasSystem">True when rows of <c>alpaca</c> have a system text.</param>
/// <param name="HasCalls">True when turns may be calls of tools and their results.</param>
/// <param name="HasTools">True when rows offer tools.</param>
/// <param name="HasImages">True when rows have images.</param>
internal readonly record struct DatasetShape(bool HasSystem, bool HasCalls = false, bool HasTools = false, bool HasImages = false);

/// <summary>LLaMA-Factory's <c>dataset_info.json</c>. It reads one file per dataset, so each file of a split is registered. Columns and tags that are
/// not listed count as absent, so all used ones are listed.</summary>
internal static class DatasetInfo
{
    public const string FileName = "dataset_info.json";

    private const string Prefix = "instructkit";

    /// <summary>The names under which the files of a split are registered.</summary>
    public static IEnumerable<string> Names(string split, int files, string prefix = Prefix) =>
        files == 1 ? [$"{prefix}_{split}"] : Enumerable.Range(0, files).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}_{split}_{i:00000}"));

    /// <summary>The whole file.</summary>
    /// <param name="splits">Each split with its files below the output folder.</param>
    /// <param name="shape">Contents of the rows other than their turns.</param>
    public static byte[] Write(string format, IEnumerable<(string Split, IReadOnlyList<string> Files)> splits, DatasetShape shape) =>
        ToUtf8(Entries(format, splits, shape, Prefix, file => file));

    /// <summary>Merges the datasets of a build into a user's file: entries with other names are unchanged, and ours are replaced if they
    /// point into the same folder.</summary>
    /// <param name="existing">Content of the file; null for a new one.</param>
    /// <param name="entries">The entries of the build.</param>
    /// <param name="isOurs">True for the path of an earlier entry in this build's folder.</param>
    /// <exception cref="JsonException">It is not a JSON object, or has an entry of the same name for other data.</exception>
    public static byte[] Merge(byte[]? existing, JsonObject entries, Predicate<string> isOurs)
    {
        var all = existing is null ? [] : JsonNode.Parse(existing) as JsonObject ?? throw new JsonException("it is not a JSON object");
        foreach (var (name, entry) in entries.ToList())
        {
            if (all.TryGetPropertyValue(name, out var old) && !(old?["file_name"]?.GetValue<string>() is { } path && isOurs(path)))
                throw new JsonException($"it has a dataset '{name}' of other data; name the output folder differently");

            entries.Remove(name);
            all[name] = entry;
        }

        return ToUtf8(all);
    }

    /// <summary>The entries of a build.</summary>
    /// <param name="splits">Each split with its files below the output folder.</param>
    /// <param name="shape">Contents of the rows other than their turns.</param>
    /// <param name="prefix">Prefix of their names.</param>
    /// <param name="pathOf">The path to write for a file.</param>
    public static JsonObject Entries(string format, IEnumerable<(string Split, IReadOnlyList<string> Files)> splits, DatasetShape shape, string prefix, Func<string, string> pathOf)
    {
        JsonObject entries = [];
        foreach (var (split, files) in splits)
        {
            foreach (var (name, file) in Names(split, files.Count, prefix).Zip(files)) entries[name] = Entry(format, pathOf(file), shape);
        }

        return entries;
    }

    private static JsonObject Entry(string format, string file, DatasetShape shape)
    {
        if (format == "alpaca")
        {
            JsonObject columns = new() { ["prompt"] = "instruction", ["query"] = "input", ["response"] = "output" };
            if (shape.HasSystem) columns["system"] = "system";
            return new JsonObject { ["file_name"] = file, ["formatting"] = "alpaca", ["columns"] = columns };
        }

        // Its "openai" formatting adds its own system text if there are no tools.
        var isShareGpt = format == "sharegpt";
        JsonObject turns = new() { ["messages"] = isShareGpt ? "conversations" : "messages" };
        if (shape.HasTools) turns["tools"] = "tools";
        if (shape.HasImages) turns["images"] = "images";
        var tags = isShareGpt
            ? new JsonObject { ["role_tag"] = "from", ["content_tag"] = "value", ["user_tag"] = "human", ["assistant_tag"] = "gpt", ["system_tag"] = "system" }
            : new JsonObject { ["role_tag"] = "role", ["content_tag"] = "content", ["user_tag"] = "user", ["assistant_tag"] = "assistant", ["system_tag"] = "system" };
        if (shape.HasCalls)
        {
            tags["observation_tag"] = "observation";
            tags["function_tag"] = "function_call";
        }

        return new JsonObject { ["file_name"] = file, ["formatting"] = "sharegpt", ["columns"] = turns, ["tags"] = tags };
    }

    private static byte[] ToUtf8(JsonObject all) => JsonWriting.Value(json => all.WriteTo(json));
}
