using System.Text.RegularExpressions;
using InstructKit.Templating.Syntax;

namespace InstructKit.Templating.Dialects;

/// <summary>FLAN's templates: <c>{field}</c> is a variable, everything else is text.</summary>
internal static partial class FlanDialect
{
    public static DialectDefinition Definition { get; } = new(Dialect.Flan, "flan")
    {
        Options = new() { Dialect = Dialect.Flan, KeepTrailingNewline = true },
        MakeLibrary = () => Library.Empty,
        Parse = Read,
    };

    [GeneratedRegex(@"\{([\p{L}\p{Nd}_]+)\}")]
    private static partial Regex Field { get; }

    private static List<Statement> Read(string text, TemplateOptions options)
    {
        List<Statement> body = [];
        var literal = 0;
        foreach (Match field in Field.Matches(text))
        {
            AddText(body, text, literal, field.Index);
            var range = new SourceRange(field.Index, field.Length);
            body.Add(new Statement.Output(range, new Expression.Name(range, field.Groups[1].Value)));
            literal = range.End;
        }

        AddText(body, text, literal, text.Length);
        return options.KeepTrailingNewline || body is not [.., Statement.Text last] || !last.Content.EndsWith('\n')
            ? body
            : [.. body[..^1], last with { Content = last.Content[..^1] }];
    }

    private static void AddText(List<Statement> body, string text, int from, int to)
    {
        if (to > from) body.Add(new Statement.Text(new SourceRange(from, to - from), text[from..to]));
    }
}
