using System.Text.RegularExpressions;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;

namespace InstructKit.Auditing.Linting;

/// <summary>A piece of a template's source.</summary>
/// <param name="Span">Its position; a literal without the white space trimmed by adjacent tags.</param>
internal readonly partial record struct TemplatePiece(PieceKind Kind, SourceSpan Span)
{
    [GeneratedRegex(@"\{[\p{L}\p{N}_]+\}")]
    private static partial Regex Field { get; }

    /// <summary>The source of the piece.</summary>
    public string Text => Span.Text;

    /// <summary>Splits a template into pieces. A template that cannot be parsed is split as far as possible; its errors are reported elsewhere.</summary>
    /// <param name="source">The template.</param>
    /// <param name="dialect">Its dialect, which determines the form of placeholders.</param>
    public static IReadOnlyList<TemplatePiece> Cut(SourceText source, Dialect dialect)
    {
        if (dialect == Dialect.Flan) return CutPatterns(source);

        List<TemplatePiece> pieces = [];
        var (text, offsets) = NormalizedSource.Read(source.Text, keepTrailingNewline: true);
        var (begin, behind) = (0, 0);
        foreach (var token in new Lexer(text, offsets, TemplateOptions.For(dialect), [], source).ReadTemplate())
        {
            switch (token.Kind)
            {
                case TokenKind.OutputBegin or TokenKind.TagBegin: begin = token.Range.Offset; break;
                case TokenKind.OutputEnd: Add(PieceKind.Output, begin, token.Range); break;
                case TokenKind.TagEnd: Add(PieceKind.Tag, begin, token.Range); break;
                case TokenKind.Text: Add(PieceKind.Literal, token.Range.Offset, token.Range); break;
                case TokenKind.End: AddComment(source.Text.Length); break;
            }
        }

        return pieces;

        void Add(PieceKind kind, int from, SourceRange last)
        {
            AddComment(from);
            behind = last.Offset + last.Length;
            pieces.Add(new TemplatePiece(kind, new SourceSpan(source, from, behind - from)));
        }

        // Comments are not tokens.
        void AddComment(int to)
        {
            if (source.Text.IndexOf("{#", behind, to - behind, StringComparison.Ordinal) is >= 0 and var comment)
                pieces.Add(new TemplatePiece(PieceKind.Comment, new SourceSpan(source, comment, to - comment)));
        }
    }

    private static List<TemplatePiece> CutPatterns(SourceText source)
    {
        List<TemplatePiece> pieces = [];
        var at = 0;
        foreach (Match field in Field.Matches(source.Text))
        {
            if (field.Index > at) pieces.Add(new TemplatePiece(PieceKind.Literal, new SourceSpan(source, at, field.Index - at)));

            pieces.Add(new TemplatePiece(PieceKind.Output, new SourceSpan(source, field.Index, field.Length)));
            at = field.Index + field.Length;
        }

        if (at < source.Text.Length) pieces.Add(new TemplatePiece(PieceKind.Literal, new SourceSpan(source, at, source.Text.Length - at)));

        return pieces;
    }
}

/// <summary>The kind of a piece of a template's source.</summary>
internal enum PieceKind
{
    /// <summary>Text that is printed unchanged.</summary>
    Literal,

    Output,

    Tag,

    Comment,
}
