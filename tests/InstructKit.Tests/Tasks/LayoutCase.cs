using System.Text.Json;

namespace InstructKit.Tests.Tasks;

/// <summary>A golden file of one task: a header, then our rows in the hub's form. The rows were converted from the published files by a reader that
/// shares nothing with this project, following the hub's loading scripts.</summary>
internal sealed record LayoutCase
{
    public required string Task { get; init; }

    /// <summary>Name of the split in the layouts.</summary>
    public required string Split { get; init; }

    /// <summary>Layout of the published files.</summary>
    public required string Published { get; init; }

    /// <summary>Layout of the hub's Parquet files; null if the hub has none.</summary>
    public string? Hub { get; init; }

    /// <summary>Layout of rows saved as JSON Lines; null if another case covers it.</summary>
    public string? Export { get; init; }

    /// <summary>Folder next to the golden files with the published form, if the samples are themselves in the hub's form.</summary>
    public string? Files { get; init; }

    /// <summary>The rows of the published files corresponding to the golden rows.</summary>
    public required IReadOnlyList<int> Rows { get; init; }

    /// <summary>The rows produced from the hub's rows, if one of these contains several; null for all.</summary>
    public IReadOnlyList<int>? ExportRows { get; init; }

    /// <summary>Canonical columns missing on the hub; they are none there.</summary>
    public IReadOnlyList<string> Lacks { get; init; } = [];

    /// <summary>The golden rows, one JSON object per line.</summary>
    public required IReadOnlyList<string> Lines { get; init; }

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Golden", "layouts");

    public static IEnumerable<string> Names => Directory.GetFiles(Folder, "*.jsonl").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public static LayoutCase Read(string name)
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, name + ".jsonl"));
        using var document = JsonDocument.Parse(lines[0]);
        var header = document.RootElement;
        return new LayoutCase
        {
            Task = Text("task")!,
            Split = Text("split")!,
            Published = Text("published")!,
            Hub = Text("hub"),
            Export = Text("export"),
            Files = Text("files"),
            Rows = Numbers("rows")!,
            ExportRows = Numbers("export_rows"),
            Lacks = header.TryGetProperty("lacks", out var lacks) ? [.. lacks.EnumerateArray().Select(one => one.GetString()!)] : [],
            Lines = lines[1..],
        };

        string? Text(string key) => header.TryGetProperty(key, out var value) ? value.GetString() : null;

        IReadOnlyList<int>? Numbers(string key) => header.TryGetProperty(key, out var value) ? [.. value.EnumerateArray().Select(one => one.GetInt32())] : null;
    }
}
