namespace InstructKit.Lengths;

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
