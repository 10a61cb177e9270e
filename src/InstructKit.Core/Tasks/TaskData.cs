using InstructKit.Sources;
using InstructKit.Sources.Hub;

namespace InstructKit.Tasks;

/// <summary>The files of a task that were found on this machine.</summary>
public sealed record TaskData
{
    /// <summary>The layout that they are in.</summary>
    public required Layout Layout { get; init; }

    /// <summary>Folder in which they were found.</summary>
    public required string Folder { get; init; }

    /// <summary>Files by source split; splits without files are not there.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<SourcePart>> Splits { get; init; }

    /// <summary>The slices that apply: those of the data folder, else of the layout, else of the task.</summary>
    public required IReadOnlyDictionary<SliceKind, SplitSlice> Slices { get; init; }

    /// <summary>The dataset and commit whose files they are, when they lie in the hub's cache; else null.</summary>
    public HubSnapshot? Snapshot { get; init; }

    /// <summary>Roles that have files.</summary>
    public IEnumerable<SliceKind> Roles => Slices.Where(slice => Splits.ContainsKey(slice.Value.Split)).Select(slice => slice.Key).Order();
}
