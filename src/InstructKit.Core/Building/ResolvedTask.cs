using InstructKit.Tasks;

namespace InstructKit.Building;

/// <summary>A task of a build with its data.</summary>
/// <param name="Task">The definition, variant applied.</param>
/// <param name="Cluster">The cluster that it counts under.</param>
/// <param name="Use">What it does in the build.</param>
/// <param name="Data">Its files.</param>
public sealed record ResolvedTask(TaskDefinition Task, string Cluster, TaskUse Use, TaskData Data)
{
    /// <summary>True to write the test slice of a training task; never of one without a direct template, for what is scored is asked directly.</summary>
    public bool InTaskTest { get; init; }

    /// <summary>True for a task of the user's own.</summary>
    public bool IsOwn { get; init; }

    /// <summary>The slices of the task that are written, with the split that they go to.</summary>
    public IEnumerable<(SliceKind Slice, string Split)> Outputs =>
        Data.Roles.Select(slice => (slice, OutputSplit.Of(Use, slice, InTaskTest))).Where(pair => pair.Item2 is not null).Select(pair => (pair.slice, pair.Item2!));
}
