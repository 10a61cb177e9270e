namespace InstructKit.Building;

/// <summary>Reasons of drops that no task file names.</summary>
public static class DropReasons
{
    /// <summary>Left over by round-robin assignment (FLAN's code drops the last incomplete group).</summary>
    public const string IncompleteGroup = "incomplete_template_group";

    /// <summary>The row is in the dev slice, too, because the source is smaller than the slices expect.</summary>
    public const string AlsoInValidation = "also_in_validation";

    /// <summary>The row is in the test slice, too, because the source is smaller than the slices expect.</summary>
    public const string AlsoInTest = "also_in_test";

    /// <summary>The template made an empty input.</summary>
    public const string EmptyInput = "empty_input";

    /// <summary>The template made an empty target.</summary>
    public const string EmptyTarget = "empty_target";

    /// <summary>The separators of a promptsource template made more than input and target.</summary>
    public const string MorePieces = "more_than_two_pieces";
}
