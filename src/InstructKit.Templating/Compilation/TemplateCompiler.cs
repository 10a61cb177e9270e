using InstructKit.Templating.Dialects;
using InstructKit.Templating.Execution;
using InstructKit.Templating.Syntax;

namespace InstructKit.Templating.Compilation;

/// <summary>Turns source into programs.</summary>
internal static class TemplateCompiler
{
    /// <param name="source">The template.</param>
    /// <param name="options">How to parse and render it.</param>
    /// <param name="diagnostics">All its errors; empty when there is a program.</param>
    /// <param name="encodeText">How text of the template becomes bytes; null: UTF-8.</param>
    public static Program? CompileTemplate(
        SourceText source, TemplateOptions options, out IReadOnlyList<Diagnostic> diagnostics, Func<string, byte[]>? encodeText = null)
    {
        List<Diagnostic> errors = [];
        diagnostics = errors;
        if (!IsWithinSize(source, options, errors)) return null;
        var dialect = DialectDefinition.Of(options.Dialect);
        var compiler = new StatementCompiler(source, options, dialect.Library, errors, encodeText);
        if (dialect.Parse is not null) return compiler.CompileTemplate(dialect.Parse(source.Text, options));
        var (text, offsets) = NormalizedSource.Read(source.Text, options.KeepTrailingNewline);
        var tokens = new Lexer(text, offsets, options, errors, source).ReadTemplate();
        var stream = new TokenStream(tokens, source, errors, options.Limits.ParseDepth);
        var statements = Read(stream, () => new StatementParser(stream, new ExpressionParser(stream, encodeText), dialect.BlockTags).ReadAll());
        if (errors.Count > 0)
        {
            errors.Sort((a, b) => (a.Span?.Offset ?? 0).CompareTo(b.Span?.Offset ?? 0));
            return null;
        }

        var program = compiler.CompileTemplate(statements!); // no errors: parsing succeeded
        return errors.Count == 0 ? program : null;
    }

    public static Program? CompileExpression(SourceText source, TemplateOptions options, out IReadOnlyList<Diagnostic> diagnostics)
    {
        List<Diagnostic> errors = [];
        diagnostics = errors;
        return ParseExpression(source, options, errors) is { } expression ? CompileExpression(expression, source, options, errors) : null;
    }

    /// <summary>Parses an expression without compiling it; null when errors were added.</summary>
    public static Expression? ParseExpression(SourceText source, TemplateOptions options, List<Diagnostic> errors)
    {
        if (!IsWithinSize(source, options, errors)) return null;
        var (text, offsets) = NormalizedSource.Read(source.Text, keepTrailingNewline: true);
        var tokens = new Lexer(text, offsets, options, errors, source).ReadExpression();
        if (errors.Count > 0) return null;
        var stream = new TokenStream(tokens, source, errors, options.Limits.ParseDepth);
        return Read(stream, () =>
        {
            var value = new ExpressionParser(stream).ReadTuple();
            return stream.Current.Kind == TokenKind.End ? value : throw stream.Unexpected("the end of the expression");
        });
    }

    /// <summary>Compiles an expression, or a part of one, of a source; null when errors were added.</summary>
    public static Program? CompileExpression(Expression expression, SourceText source, TemplateOptions options, List<Diagnostic> errors)
    {
        var program = new StatementCompiler(source, options, DialectDefinition.Of(options.Dialect).Library, errors, null).CompileExpression(expression);
        return errors.Count == 0 ? program : null;
    }

    private static T? Read<T>(TokenStream stream, Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (SyntaxException error)
        {
            stream.Report(error);
            return null;
        }
    }

    private static bool IsWithinSize(SourceText source, TemplateOptions options, List<Diagnostic> errors)
    {
        if (source.Text.Length <= options.Limits.TemplateSize) return true;
        errors.Add(new Diagnostic(
            TemplateCodes.TemplateSizeLimit, Severity.Error, $"the template is longer than {options.Limits.TemplateSize} UTF-16 units (limit: template size)",
            new SourceSpan(source, 0, 0)));
        return false;
    }
}
