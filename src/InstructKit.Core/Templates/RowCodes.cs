namespace InstructKit.Templates;

/// <summary>Codes of what makes a row unfit for its task.</summary>
public static class RowCodes
{
    /// <summary>A canonical column is not in the source row.</summary>
    public const string ColumnMissing = "IK2101";

    /// <summary>A value is not of the column's type.</summary>
    public const string ColumnType = "IK2102";

    /// <summary>An expression of the task failed on the row.</summary>
    public const string ExpressionFailed = "IK2103";

    /// <summary>The answer is not among the options.</summary>
    public const string AnswerNotAnOption = "IK2104";

    /// <summary>The options are no list, or an empty one.</summary>
    public const string NoOptions = "IK2105";

    /// <summary>A template failed on the row.</summary>
    public const string RenderFailed = "IK2106";

    /// <summary>An example is longer than a packed sequence, and the plan says to fail.</summary>
    public const string TooLong = "IK2107";
}
