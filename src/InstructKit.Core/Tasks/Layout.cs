using InstructKit.Sources;

namespace InstructKit.Tasks;

/// <summary>Where a task's rows may lie, in which format, and how they become the task's canonical row.</summary>
public sealed record Layout
{
    /// <summary>Name, unique within the task.</summary>
    public required string Name { get; init; }

    /// <summary>How the files are read.</summary>
    public required SourceSpec Source { get; init; }

    /// <summary>Files by split.</summary>
    public required IReadOnlyList<LayoutSplit> Splits { get; init; }

    /// <summary>Canonical columns that are not simply a source column of the same name.</summary>
    public IReadOnlyList<NamedExpression> Map { get; init; } = [];

    /// <summary>Conditions that only this layout needs; the name is the drop reason.</summary>
    public IReadOnlyList<NamedExpression> KeepIf { get; init; } = [];

    /// <summary>Slices that replace the task's for this layout, or null.</summary>
    public IReadOnlyDictionary<SliceKind, SplitSlice>? Slices { get; init; }

    /// <summary>The order in which slices take rows, where the position in the file has a meaning; null for the task's.</summary>
    public RowOrder? Order { get; init; }

    /// <summary>Where <c>fetch</c> gets it, or null.</summary>
    public HubDataset? Hub { get; init; }

    /// <summary>A remark for people.</summary>
    public string? Note { get; init; }

    /// <summary>Place in the task file.</summary>
    public required SourceSpan Span { get; init; }
}
