namespace InstructKit.Yaml;

/// <summary>How a scalar is written.</summary>
public enum ScalarForm
{
    /// <summary>Without quotes or indicator.</summary>
    Plain,

    /// <summary>Between single quotes.</summary>
    SingleQuoted,

    /// <summary>Between double quotes.</summary>
    DoubleQuoted,

    /// <summary>A literal block, <c>|</c>.</summary>
    Literal,

    /// <summary>A folded block, <c>&gt;</c>.</summary>
    Folded,
}
