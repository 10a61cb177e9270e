namespace InstructKit.Templating.Syntax;

/// <summary>A syntax error on its way to the place where reading can go on.</summary>
internal sealed class SyntaxException(string code, string message, Place place, string? hint = null) : Exception(message)
{
    public string Code { get; } = code;

    public Place Place { get; } = place;

    public string? Hint { get; } = hint;
}
