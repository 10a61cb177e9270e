using InstructKit.Templates;

namespace InstructKit.Examples;

/// <summary>Drop reasons not defined in task files.</summary>
public static class DropReasons
{
    /// <summary>Left over by round-robin assignment (FLAN's code drops the last incomplete group).</summary>
    public const string IncompleteGroup = "incomplete_template_group";

    /// <summary>The row is also in the dev slice, because the source is smaller than the slices expect.</summary>
    public const string AlsoInValidation = "also_in_validation";

    /// <summary>The row is also in the test slice, because the source is smaller than the slices expect.</summary>
    public const string AlsoInTest = "also_in_test";

    /// <summary>The row equals a row of a held-out task.</summary>
    public const string InHeldOut = "in_held_out";

    /// <summary>No exemplar remains for an example that must have one.</summary>
    public const string NoExemplar = "no_exemplar";

    /// <summary>The template rendered a blank input.</summary>
    public const string EmptyInput = "empty_input";

    /// <summary>The template rendered a blank target.</summary>
    public const string EmptyTarget = "empty_target";

    /// <summary>The conversation has no turn of the model.</summary>
    public const string NoReply = "no_reply";

    /// <summary>No turn of the conversation is trained on.</summary>
    public const string NothingTrained = "nothing_trained";

    /// <summary>A text has a tab or a line end, and the plan drops such examples in tab-separated lines.</summary>
    public const string LineBreak = "line_break";

    /// <summary>The input is longer than the plan's budget, and cannot or must not be truncated.</summary>
    public const string InputTooLong = "input_too_long";

    /// <summary>The target is longer than the plan's budget, and cannot or must not be truncated.</summary>
    public const string TargetTooLong = "target_too_long";

    /// <summary>Input and target together are longer than the plan's budget, and cannot or must not be truncated.</summary>
    public const string TotalTooLong = "total_too_long";

    /// <summary>The example is longer than a packed sequence.</summary>
    public const string LongerThanSequence = "longer_than_sequence";

    /// <summary>The separators of a promptsource template yielded more than input and target.</summary>
    public const string TooManyParts = "more_than_two_pieces";
}

/// <summary>Decides, before anything is rendered, whether a row that fits its task may become examples. Filters run after the task's own <c>keep_if</c>, on
/// all workers in parallel; their result depends only on the row.</summary>
public interface IRowFilter
{
    /// <summary>Why the row must not become an example; null if it may.</summary>
    /// <param name="row">The loaded row.</param>
    /// <param name="ordinal">Its number in the source split, from 0.</param>
    string? DropReason(RowEvaluator row, long ordinal);
}
