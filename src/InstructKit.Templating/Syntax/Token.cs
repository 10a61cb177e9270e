namespace InstructKit.Templating.Syntax;

/// <summary>One token of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text: a name, an operator, literal template text, the inside of a string literal with its escapes.</param>
/// <param name="Place">Where it stands.</param>
internal readonly record struct Token(TokenKind Kind, string Text, Place Place)
{
    public bool Is(string operatorText) => Kind == TokenKind.Operator && Text == operatorText;

    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    /// <summary>How messages speak of it.</summary>
    public string Described => Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.OutputEnd => "'}}'",
        TokenKind.TagEnd => "'%}'",
        TokenKind.OutputBegin => "'{{'",
        TokenKind.TagBegin => "'{%'",
        TokenKind.Text => "text",
        TokenKind.String => $"the text '{Text}'",
        _ => $"'{Text}'",
    };
}
