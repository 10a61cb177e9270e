using InstructKit.Tasks;

namespace InstructKit.Authoring.Drafting;

/// <summary>What a new task is made from.</summary>
public sealed record DraftRequest
{
    /// <summary>Key of the task: letters, digits and <c>_</c>.</summary>
    public required string Key { get; init; }

    /// <summary>A file for each role; <see cref="SliceKind.Train"/> has to be there. Roles without a file become slices of the training file.</summary>
    public required IReadOnlyDictionary<SliceKind, string> Files { get; init; }

    /// <summary>The column that holds the answer; null to guess it.</summary>
    public string? Answer { get; init; }

    /// <summary>Cluster of the task; null for one of its own.</summary>
    public string? Cluster { get; init; }

    /// <summary>Folder of the task file; files below it are named relative to it.</summary>
    public required string Folder { get; init; }
}
