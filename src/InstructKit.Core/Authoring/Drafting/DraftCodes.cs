namespace InstructKit.Authoring.Drafting;

/// <summary>Codes of what can keep a task from being drafted.</summary>
public static class DraftCodes
{
    /// <summary>The sample file has no rows, or fewer than two columns.</summary>
    public const string TooLittle = "IK2701";

    /// <summary>The column that was named as the answer is not there.</summary>
    public const string NoSuchColumn = "IK2702";

    /// <summary>The format cannot be told from name and content.</summary>
    public const string UnknownFormat = "IK2703";

    /// <summary>No column can be the answer: only trees, unknown nested values or rejected answers, or none that looks like one.</summary>
    public const string NoAnswer = "IK2704";
}
