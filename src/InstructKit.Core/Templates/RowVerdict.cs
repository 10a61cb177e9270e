namespace InstructKit.Templates;

/// <summary>What became of a row: kept, dropped for a reason that the task names, or found unfit.</summary>
/// <param name="DropReason">Reason of a drop, or null.</param>
/// <param name="ErrorCode">Code of an error (<see cref="RowCodes"/>), or null.</param>
/// <param name="Message">What is wrong, for an error.</param>
public readonly record struct RowVerdict(string? DropReason, string? ErrorCode, string? Message)
{
    /// <summary>The row is kept.</summary>
    public static RowVerdict Keep => default;

    /// <summary>True when the row is kept.</summary>
    public bool IsKept => DropReason is null && ErrorCode is null;

    /// <summary>The row is dropped.</summary>
    public static RowVerdict Drop(string reason) => new(reason, null, null);

    /// <summary>The row is unfit.</summary>
    public static RowVerdict Error(string code, string message) => new(null, code, message);
}
