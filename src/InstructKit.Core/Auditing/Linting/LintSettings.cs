using InstructKit.Sources;

namespace InstructKit.Auditing.Linting;

/// <summary>What the linter looks at.</summary>
public sealed record LintSettings
{
    /// <summary>Data roots in the order of trying; none to look at task files alone.</summary>
    public IReadOnlyList<string> Data { get; init; } = [];

    /// <summary>Kept rows to look at in each split.</summary>
    public int Rows
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "must not be negative");
    } = 200;

    /// <summary>What is let pass in rows, whatever the layouts say.</summary>
    public RepairChoices Repairs { get; init; }

    /// <summary>Codes not to report.</summary>
    public IReadOnlyList<string> Disabled { get; init; } = [];
}
