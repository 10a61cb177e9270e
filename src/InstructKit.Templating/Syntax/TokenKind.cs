namespace InstructKit.Templating.Syntax;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    End,
    Text,
    OutputBegin,
    OutputEnd,
    TagBegin,
    TagEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
}
