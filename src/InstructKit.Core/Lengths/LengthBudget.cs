using InstructKit.Protocol;

namespace InstructKit.Lengths;

/// <summary>How an example that exceeds a budget is handled.</summary>
public enum OverBudget
{
    /// <summary>It is dropped and counted.</summary>
    Drop,

    /// <summary>The field named by its task is shortened until it fits; dropped if that is not enough.</summary>
    Cut,

    /// <summary>It is written unchanged and counted.</summary>
    Keep,
}

/// <summary>Length limits of examples, in tokens of the plan's tokenizer or in words.</summary>
public sealed record LengthBudget
{
    /// <summary>Maximum length of the model's input; null for none.</summary>
    public int? MaxInput { get; init; }

    /// <summary>Maximum length of the trained part; null for none. The reference answers of scored examples have no maximum.</summary>
    public int? MaxTarget { get; init; }

    /// <summary>Maximum length of both together; null for none.</summary>
    public int? MaxTotal { get; init; }

    /// <summary>How longer examples are handled.</summary>
    public OverBudget OnLong { get; init; }

    /// <summary>The splits to which it applies.</summary>
    public SplitPart Part { get; init; }

    /// <summary>True when there is a maximum.</summary>
    public bool IsUsed => MaxInput is not null || MaxTarget is not null || MaxTotal is not null;

    /// <summary>True when the budget applies to a split.</summary>
    /// <param name="scored">True for a split that is scored.</param>
    public bool AppliesTo(bool scored) => IsUsed && Part.Includes(scored);
}

/// <summary>Unit of example lengths.</summary>
public enum LengthUnit
{
    /// <summary>Tokens of a tokenizer.</summary>
    Tokens,

    /// <summary>Words: runs without white space.</summary>
    Words,

    /// <summary>Lengths are not counted.</summary>
    None,
}
