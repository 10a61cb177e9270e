namespace InstructKit.Templates;

/// <summary>What became of a row: kept, dropped for a reason that the task names, or found unfit.</summary>
public readonly record struct RowVerdict
{
    // The reason of a drop or the fault: a verdict is passed on several times for every row, so it is one reference.
    private readonly object? _why;

    private RowVerdict(object why) => _why = why;

    /// <summary>Why the row is dropped; null when it is not.</summary>
    public string? DropReason => _why as string;

    /// <summary>Code of what makes the row unfit (<see cref="RowCodes"/>); null when it is not.</summary>
    public string? ErrorCode => (_why as Fault)?.Code;

    /// <summary>What makes the row unfit, for people.</summary>
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
