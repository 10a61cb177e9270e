namespace InstructKit.Lengths;

/// <summary>What becomes of an example that is longer than a packed sequence.</summary>
public enum LongExamples
{
    /// <summary>It is left out and counted.</summary>
    Drop,

    /// <summary>Its end is cut off; it is left out where nothing that is trained on would remain.</summary>
    Cut,

    /// <summary>It is an unusable row.</summary>
    Fail,
}

/// <summary>How packed sequences say what is trained on.</summary>
public enum PackedMask
{
    /// <summary><c>labels</c>: the id where a token is trained on, -100 elsewhere, as Hugging Face's models take them; not shifted.</summary>
    Labels,

    /// <summary><c>loss_mask</c>: 1 where a token is trained on, 0 elsewhere; not shifted.</summary>
    LossMask,
}

/// <summary>How the examples of splits that are trained on are put into sequences of token ids.</summary>
public sealed record Packing
{
    /// <summary>Maximum tokens of a sequence; null to write examples as they are.</summary>
    public int? Length { get; init; }

    /// <summary>What becomes of longer examples.</summary>
    public LongExamples OnLong { get; init; }

    /// <summary>How sequences say what is trained on.</summary>
    public PackedMask Mask { get; init; }

    /// <summary>Number of examples among which first-fit decreasing chooses; the memory needed grows with it.</summary>
    public int Window { get; init; } = 16_384;

    /// <summary>Fills sequences up to <see cref="Length"/>: an id, or the text of a special token. Null for sequences as long as their examples.</summary>
    public Tasks.LocatedName? Pad { get; init; }

    /// <summary>True to write the sequences as Megatron's <c>.bin</c> and <c>.idx</c>, too.</summary>
    public bool Megatron { get; init; }
}
