using InstructKit.Protocol;

namespace InstructKit.Lengths;

/// <summary>What becomes of an example that is longer than a budget.</summary>
public enum OverBudget
{
    /// <summary>It is left out and counted.</summary>
    Drop,

    /// <summary>What its task names is shortened until it fits; left out where that is not enough.</summary>
    Cut,

    /// <summary>It is written as it is and counted.</summary>
    Keep,
}

/// <summary>How long examples may be, in tokens of the plan's tokenizer or in words.</summary>
public sealed record LengthBudget
{
    /// <summary>Maximum length of what the model is given; null for none.</summary>
    public int? MaxInput { get; init; }

    /// <summary>Maximum length of what is trained on; null for none. The reference answers of scored examples have no maximum.</summary>
    public int? MaxTarget { get; init; }

    /// <summary>Maximum length of both together; null for none.</summary>
    public int? MaxTotal { get; init; }

    /// <summary>What becomes of longer examples.</summary>
    public OverBudget OnLong { get; init; }

    /// <summary>Which splits it is for.</summary>
    public SplitPart Part { get; init; }

    /// <summary>True when there is a maximum.</summary>
    public bool IsUsed => MaxInput is not null || MaxTarget is not null || MaxTotal is not null;

    /// <summary>True when the budget is for a split.</summary>
    /// <param name="scored">True for a split that is scored.</param>
    public bool AppliesTo(bool scored) => IsUsed && Part.Includes(scored);
}

/// <summary>What lengths of examples are counted in.</summary>
public enum LengthUnit
{
    /// <summary>Tokens of a tokenizer.</summary>
    Tokens,

    /// <summary>Words: runs without white space.</summary>
    Words,

    /// <summary>Lengths are not counted.</summary>
    None,
}
