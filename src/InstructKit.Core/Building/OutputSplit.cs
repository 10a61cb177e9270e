using InstructKit.Tasks;

namespace InstructKit.Building;

/// <summary>The splits that a build writes, and what goes into each.</summary>
public static class OutputSplit
{
    /// <summary>Training slices of the training tasks.</summary>
    public const string Train = "train";

    /// <summary>Dev slices of the training tasks.</summary>
    public const string Validation = "validation";

    /// <summary>Test slices of the held-out tasks.</summary>
    public const string HeldOut = "held_out";

    /// <summary>Dev slices of the held-out tasks, for choosing the best template.</summary>
    public const string HeldOutValidation = "held_out_validation";

    /// <summary>All splits in the order of writing.</summary>
    public static IReadOnlyList<string> All { get; } = [Train, Validation, HeldOut, HeldOutValidation];

    /// <summary>True for the splits that are scored.</summary>
    public static bool IsScored(string split) => split is HeldOut or HeldOutValidation;

    /// <summary>Where a slice of a task goes; null when it is not written (the test slice of a training task, the training slice of a held-out one).</summary>
    public static string? Of(TaskUse task, SliceKind slice) => (task, slice) switch
    {
        (TaskUse.Train, SliceKind.Train) => Train,
        (TaskUse.Train, SliceKind.Validation) => Validation,
        (TaskUse.HeldOut, SliceKind.Test) => HeldOut,
        (TaskUse.HeldOut, SliceKind.Validation) => HeldOutValidation,
        _ => null,
    };
}
