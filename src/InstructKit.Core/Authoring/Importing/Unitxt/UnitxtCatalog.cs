using System.Text.Json;
using System.Text.RegularExpressions;
using InstructKit.Sources.Files;

namespace InstructKit.Authoring.Importing.Unitxt;

/// <summary>One JSON artifact of a catalogue of Unitxt.</summary>
/// <param name="Name">Its dotted name, such as <c>templates.qa.open.title</c>.</param>
/// <param name="Json">Its content; an object.</param>
/// <param name="Source">The file, for messages.</param>
internal sealed partial record UnitxtArtifact(string Name, JsonElement Json, SourceText Source)
{
    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex CamelBorder { get; }

    /// <summary>Its kind, in snake case: the last part of <c>__type__</c>, or of <c>type</c> in older catalogues.</summary>
    public string Type => TypeOf(Json);

    /// <summary>The kind of an object of an artifact; in newer catalogues <c>__type__</c> is a mapping with module and name.</summary>
    public static string TypeOf(JsonElement json) => CamelBorder.Replace(
        (TextOf(json, "__type__") ?? TextOf(json, "type") ?? (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("__type__", out var type) ? TextOf(type, "name") : null) ?? string.Empty).Split('.')[^1], "_").ToLowerInvariant();

    /// <summary>A text under a key, or null.</summary>
    public static string? TextOf(JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The first occurrence of a key or text in the file, or of a kind in class spelling.</summary>
    public SourceSpan Find(string text)
    {
        var named = $"\"{text}\"";
        var at = Source.Text.IndexOf(named, StringComparison.Ordinal);
        if (at < 0)
        {
            named = $"{text.Replace("_", string.Empty, StringComparison.Ordinal)}\"";
            at = Source.Text.IndexOf(named, StringComparison.OrdinalIgnoreCase);
        }

        return new SourceSpan(Source, Math.Max(at, 0), at < 0 ? 0 : named.Length);
    }
}

/// <summary>The artifacts of a folder, by name. Names of files outside it are unknown.</summary>
internal sealed class UnitxtCatalog
{
    private readonly Dictionary<string, UnitxtArtifact> _byName = new(StringComparer.Ordinal);

    /// <summary>All artifacts by name.</summary>
    public IEnumerable<UnitxtArtifact> All => _byName.Values;

    public UnitxtArtifact? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads files, and every <c>*.json</c> below folders, in ordinal order.</summary>
    /// <exception cref="DiagnosticException">Something cannot be read (IK2017).</exception>
    public static UnitxtCatalog Read(IReadOnlyList<string> paths, ImportCollector collector)
    {
        var catalog = new UnitxtCatalog();
        foreach (var path in paths)
        {
            foreach (var file in ImportFiles.In(path, "*.json")) catalog.Add(NameOf(path, file), file, collector);
        }

        return catalog;
    }

    // Relative to a folder `catalog`, otherwise to the given folder; a single file has its own name.
    private static string NameOf(string root, string file)
    {
        var full = Path.GetFullPath(file).Replace('\\', '/');
        var catalog = full.LastIndexOf("/catalog/", StringComparison.Ordinal);
        var relative = catalog >= 0 ? full[(catalog + "/catalog/".Length)..]
            : Directory.Exists(root) ? Path.GetRelativePath(root, file).Replace('\\', '/')
            : Path.GetFileName(file);
        return Path.ChangeExtension(relative, null).Replace('/', '.');
    }

    private void Add(string name, string path, ImportCollector collector)
    {
        var source = TextFile.Load(path);
        try
        {
            using var json = JsonDocument.Parse(Encoding.UTF8.GetBytes(source.Text));
            if (UnitxtArtifact.TypeOf(json.RootElement).Length > 0) _byName[name] = new UnitxtArtifact(name, json.RootElement.Clone(), source);
            else collector.LeaveOut(ImportCodes.Unreadable, "This is not a Unitxt artifact: it has no '__type__'.", new SourceSpan(source, 0, 0));
        }
        catch (JsonException exception)
        {
            collector.LeaveOut([ImportFiles.NotJson(source, exception)]);
        }
    }
}
