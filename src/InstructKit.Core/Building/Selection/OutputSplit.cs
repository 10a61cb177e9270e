using InstructKit.Tasks;

namespace InstructKit.Building.Selection;

/// <summary>The splits that a build writes, and what goes into each.</summary>
public static class OutputSplit
{
    /// <summary>Training slices of the training tasks.</summary>
    public const string Train = "train";

    /// <summary>Dev slices of the training tasks.</summary>
    public const string Validation = "validation";

    /// <summary>Test slices of the training tasks, where nothing is held out.</summary>
    public const string Test = "test";

    /// <summary>Test slices of the held-out tasks.</summary>
    public const string HeldOut = "held_out";

    /// <summary>Dev slices of the held-out tasks, for choosing the best template.</summary>
    public const string HeldOutValidation = "held_out_validation";

    /// <summary>All splits in the order of writing.</summary>
    public static IReadOnlyList<string> All { get; } = [Train, Validation, Test, HeldOut, HeldOutValidation];

    /// <summary>True for the splits that are scored.</summary>
    public static bool IsScored(string split) => split is Test or HeldOut or HeldOutValidation;

    /// <summary>Where a slice of a task goes; null when it is not written (mostly the test slice of a training task, and the training slice of a held-out one).</summary>
    public static string? Of(TaskUse task, SliceKind slice, bool inTaskTest = false) => (task, slice) switch
    {
        (TaskUse.Train, SliceKind.Train) => Train,
        (TaskUse.Train, SliceKind.Validation) => Validation,
        (TaskUse.Train, SliceKind.Test) when inTaskTest => Test,
        (TaskUse.HeldOut, SliceKind.Test) => HeldOut,
        (TaskUse.HeldOut, SliceKind.Validation) => HeldOutValidation,
        _ => null,
    };
}
