namespace InstructKit.Authoring.Importing;

/// <summary>Writes any text so that a template prints it unchanged.</summary>
internal static class JinjaLiteral
{
    /// <summary>
    /// The text as part of a template, followed by more: a brace that would open a tag is printed by an expression, as is a carriage return, which
    /// the language reads as a line feed.
    /// </summary>
    public static string Of(string text)
    {
        var literal = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var next = i + 1 < text.Length ? text[i + 1] : '{';
            literal.Append(text[i] switch
            {
                '{' when next is '{' or '%' or '#' or '\r' => "{{ '{' }}",
                '\r' => "{{ '\\r' }}",
                var letter => letter.ToString(),
            });
        }

        return literal.ToString();
    }

    /// <summary>The text as a string between quotes in an expression.</summary>
    public static string Quoted(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal)}'";
}
