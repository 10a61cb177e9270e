namespace InstructKit.Templating.Rendering;

/// <summary>A comparison operator.</summary>
internal enum ComparisonSign
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}
