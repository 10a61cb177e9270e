using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Syntax;

namespace InstructKit.Tests.Templating;

/// <summary>Parses text without compiling it.</summary>
internal static class ParsedText
{
    /// <summary>Result of <paramref name="parse"/> on the tokens; null on an error.</summary>
    public static T? Read<T>(string text, Func<Lexer, List<Token>> tokens, Func<TokenStream, T?> parse)
        where T : class
    {
        List<Diagnostic> errors = [];
        var source = SourceText.FromText("t", text);
        var (normal, offsets) = NormalizedSource.Read(text, keepTrailingNewline: true);
        var stream = new TokenStream(tokens(new Lexer(normal, offsets, TemplateOptions.For(Dialect.Jinja), errors, source)), source, errors, 200);
        try
        {
            var tree = parse(stream);
            return errors.Count == 0 ? tree : null;
        }
        catch (SyntaxException)
        {
            return null;
        }
    }
}
