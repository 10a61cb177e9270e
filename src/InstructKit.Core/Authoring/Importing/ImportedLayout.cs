namespace InstructKit.Authoring.Importing;

/// <summary>A layout of an imported task.</summary>
/// <param name="Name">Name.</param>
/// <param name="Format">Format, as task files spell it.</param>
/// <param name="Files">Source splits and their files.</param>
internal sealed record ImportedLayout(string Name, string Format, IReadOnlyList<(string Split, string Glob)> Files)
{
    /// <summary>Dataset and configuration on the hub, or null.</summary>
    public (string Id, string? Config)? Hub { get; init; }

    /// <summary>The usual two places of a dataset: files named like their splits, and the hub's Parquet files.</summary>
    public static IReadOnlyList<ImportedLayout> Usual(string? dataset, string? config, IReadOnlyList<string> splits)
    {
        List<ImportedLayout> layouts = [new("files", "jsonl", [.. splits.Select(split => (split, $"{split}.jsonl*"))])];
        if (dataset is not null)
            layouts.Add(new ImportedLayout("hub", "parquet", [.. splits.Select(split => (split, $"{config ?? "data"}/{split}-*.parquet"))]) { Hub = (dataset, config) });

        return layouts;
    }
}
