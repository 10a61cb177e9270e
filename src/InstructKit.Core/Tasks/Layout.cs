using InstructKit.Sources;
using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>Where a task's rows may be, in which format, and how they are mapped to the task's canonical row.</summary>
public sealed record Layout
{
    /// <summary>Name, unique within the task.</summary>
    public required string Name { get; init; }

    /// <summary>How the files are read.</summary>
    public required SourceSpec Source { get; init; }

    /// <summary>Files by split.</summary>
    public required IReadOnlyList<LayoutSplit> Splits { get; init; }

    /// <summary>Canonical columns other than source columns of the same name.</summary>
    public IReadOnlyList<NamedExpression> Map { get; init; } = [];

    /// <summary>Conditions specific to this layout; the name is the drop reason.</summary>
    public IReadOnlyList<NamedExpression> KeepIf { get; init; } = [];

    /// <summary>Slices that replace the task's for this layout, or null.</summary>
    public IReadOnlyDictionary<SliceKind, SplitSlice>? Slices { get; init; }

    /// <summary>The order in which slices take rows, if the position in the file is meaningful; null for the task's.</summary>
    public RowOrder? Order { get; init; }

    /// <summary>Where <c>fetch</c> gets it, or null.</summary>
    public HubDataset? Hub { get; init; }

    /// <summary>A remark for readers.</summary>
    public string? Note { get; init; }

    /// <summary>Position in the task file.</summary>
    public required SourceSpan Span { get; init; }
}

/// <summary>A split of the source.</summary>
/// <param name="Name">The source's name of the split.</param>
/// <param name="Parts">Its files.</param>
public sealed record LayoutSplit(string Name, IReadOnlyList<LayoutPart> Parts);

/// <summary>Files of one split, or of one column of it if columns are in separate files.</summary>
/// <param name="Column">The column, or null if the files have whole rows.</param>
/// <param name="Globs">Patterns below the task's folder, read in sequence.</param>
public sealed record LayoutPart(string? Column, IReadOnlyList<YamlScalar> Globs);

/// <summary>A dataset of the Hugging Face hub.</summary>
/// <param name="Id">Repository, such as <c>aps/super_glue</c>.</param>
/// <param name="Config">Configuration, such as <c>rte</c>.</param>
/// <param name="Revision">Branch, tag or commit; null for the default branch.</param>
public sealed record HubDataset(string Id, string? Config, string? Revision);
