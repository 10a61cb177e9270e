using InstructKit.Templating.Syntax;

namespace InstructKit.Templating.Dialects;

/// <summary>FLAN's templates: <c>{field}</c> is a variable, everything else is text.</summary>
internal static class FlanDialect
{
    public static DialectDefinition Definition { get; } = new(Dialect.Flan, "flan")
    {
        Options = new() { Dialect = Dialect.Flan, KeepTrailingNewline = true },
        MakeLibrary = () => Library.Empty,
        Parse = Read,
    };

    private static List<Statement> Read(string text, TemplateOptions options)
    {
        List<Statement> body = [];
        var literal = 0;
        for (var open = text.IndexOf('{', StringComparison.Ordinal); open >= 0; open = text.IndexOf('{', open + 1))
        {
            var end = open + 1;
            while (end < text.Length && IsWord(text[end])) end++;
            if (end == open + 1 || end == text.Length || text[end] != '}') continue;
            AddText(body, text, literal, open);
            var range = new SourceRange(open, end + 1 - open);
            body.Add(new Statement.Output(range, new Expression.Name(range, text[(open + 1)..end])));
            literal = end + 1;
            open = end;
        }

        AddText(body, text, literal, text.Length);
        return options.KeepTrailingNewline || body is not [.., Statement.Text last] || !last.Content.EndsWith('\n')
            ? body
            : [.. body[..^1], last with { Content = last.Content[..^1] }];
    }

    private static bool IsWord(char unit) => char.IsLetterOrDigit(unit) || unit == '_';

    private static void AddText(List<Statement> body, string text, int from, int to)
    {
        if (to > from) body.Add(new Statement.Text(new SourceRange(from, to - from), text[from..to]));
    }
}
