using InstructKit.Diagnostics;

namespace InstructKit.Building;

/// <summary>What a reader says when it cannot go on, with the task: readers name a file as the layout does, and many tasks have a <c>train.jsonl</c>.</summary>
internal static class BrokenSource
{
    /// <summary>True for an exception of a reader that does not say what to do.</summary>
    public static bool IsOne(DiagnosticException exception) => exception.Diagnostics is [{ Hint: null } only] && only.Code.StartsWith("IK3", StringComparison.Ordinal);

    /// <summary>The exception with the task and its folder.</summary>
    public static DiagnosticException Of(ResolvedTask task, DiagnosticException exception) =>
        new(exception.Diagnostics[0] with { Hint = $"Task {task.Task.Key}, read from {task.Data.Folder}." }, exception);
}
