namespace InstructKit.Templates;

/// <summary>Outcome of a row: kept, dropped for a reason defined in the task, or unfit.</summary>
public readonly record struct RowVerdict
{
    // The reason of a drop or the fault: a verdict is passed on several times per row, so it is a single reference.
    private readonly object? _why;

    private RowVerdict(object why) => _why = why;

    /// <summary>Why the row is dropped; null if it is not.</summary>
    public string? DropReason => _why as string;

    /// <summary>Code of why the row is unfit (<see cref="RowCodes"/>); null if it is not.</summary>
    public string? ErrorCode => (_why as Fault)?.Code;

    /// <summary>Why the row is unfit, for display.</summary>
    public string? Message => (_why as Fault)?.Message;

    /// <summary>The row is kept.</summary>
    public static RowVerdict Keep => default;

    /// <summary>True when the row is kept.</summary>
    public bool IsKept => _why is null;

    /// <summary>The row is dropped.</summary>
    public static RowVerdict Drop(string reason) => new(reason);

    /// <summary>The row is unfit.</summary>
    public static RowVerdict Error(string code, string message) => new(new Fault(code, message));

    private sealed record Fault(string Code, string Message);
}

/// <summary>Codes of why a row is unfit for its task.</summary>
public static class RowCodes
{
    /// <summary>A canonical column is not in the source row.</summary>
    public const string ColumnMissing = "IK2101";

    /// <summary>A value does not have the column's type.</summary>
    public const string ColumnType = "IK2102";

    /// <summary>An expression of the task failed on the row.</summary>
    public const string ExpressionFailed = "IK2103";

    /// <summary>The answer is not among the options.</summary>
    public const string AnswerNotAnOption = "IK2104";

    /// <summary>The options are not a list, or the list is empty.</summary>
    public const string NoOptions = "IK2105";

    /// <summary>A template failed on the row.</summary>
    public const string RenderFailed = "IK2106";

    /// <summary>An example is longer than a packed sequence, and the plan fails on that.</summary>
    public const string TooLong = "IK2107";
}
