using InstructKit.Templates;

namespace InstructKit.Examples;

/// <summary>Reasons of drops that no task file names.</summary>
public static class DropReasons
{
    /// <summary>Left over by round-robin assignment (FLAN's code drops the last incomplete group).</summary>
    public const string IncompleteGroup = "incomplete_template_group";

    /// <summary>The row also lies in the dev slice, because the source is smaller than the slices expect.</summary>
    public const string AlsoInValidation = "also_in_validation";

    /// <summary>The row also lies in the test slice, because the source is smaller than the slices expect.</summary>
    public const string AlsoInTest = "also_in_test";

    /// <summary>The row is one of a held-out task's.</summary>
    public const string InHeldOut = "in_held_out";

    /// <summary>No exemplar is left for an example that must have one.</summary>
    public const string NoExemplar = "no_exemplar";

    /// <summary>The template made a blank input.</summary>
    public const string EmptyInput = "empty_input";

    /// <summary>The template made a blank target.</summary>
    public const string EmptyTarget = "empty_target";

    /// <summary>Nothing in the conversation is said by the model.</summary>
    public const string NoReply = "no_reply";

    /// <summary>No turn of the conversation is trained on.</summary>
    public const string NothingTrained = "nothing_trained";

    /// <summary>A text has a tab or a line end, and the plan drops such examples where lines are tab-separated.</summary>
    public const string LineBreak = "line_break";

    /// <summary>The input is longer than the plan's budget, and cannot be cut or is not to be.</summary>
    public const string InputTooLong = "input_too_long";

    /// <summary>The target is longer than the plan's budget, and cannot be cut or is not to be.</summary>
    public const string TargetTooLong = "target_too_long";

    /// <summary>Input and target together are longer than the plan's budget, and cannot be cut or are not to be.</summary>
    public const string TotalTooLong = "total_too_long";

    /// <summary>The example is longer than a packed sequence.</summary>
    public const string LongerThanSequence = "longer_than_sequence";

    /// <summary>The separators of a promptsource template made more than input and target.</summary>
    public const string TooManyParts = "more_than_two_pieces";
}

/// <summary>Decides, before anything is rendered, whether a row that fits its task may become examples. Filters run after the task's own <c>keep_if</c>, on
/// every worker at once; their answer depends on the row alone.</summary>
public interface IRowFilter
{
    /// <summary>Why the row must not become an example; null when it may.</summary>
    /// <param name="row">The loaded row.</param>
    /// <param name="ordinal">Its number in the source split, from 0.</param>
    string? DropReason(RowEvaluator row, long ordinal);
}
