using System.Text.RegularExpressions;
using InstructKit.Templating.Settings;

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
        var text = source.Text;
        var at = 0;
        var trimNext = false;
        while (at < text.Length)
        {
            var open = OpeningAt(text, at);
            var from = at;
            var to = open;
            if (trimNext) from += text.AsSpan(from, to - from).Length - text.AsSpan(from, to - from).TrimStart().Length;

            if (open + 2 < text.Length && text[open + 2] == '-') to = from + text.AsSpan(from, to - from).TrimEnd().Length;

            if (to > from) pieces.Add(new TemplatePiece(PieceKind.Literal, new SourceSpan(source, from, to - from)));

            if (open == text.Length) break;

            var kind = text[open + 1] switch { '{' => PieceKind.Output, '%' => PieceKind.Tag, _ => PieceKind.Comment };
            at = ClosingAfter(text, open + 2, kind);
            trimNext = at - open >= 5 && text[at - 3] == '-';
            pieces.Add(new TemplatePiece(kind, new SourceSpan(source, open, at - open)));
        }

        return pieces;
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

    private static int OpeningAt(string text, int from)
    {
        for (var at = text.IndexOf('{', from); at >= 0 && at + 1 < text.Length; at = text.IndexOf('{', at + 1))
        {
            if (text[at + 1] is '{' or '%' or '#') return at;
        }

        return text.Length;
    }

    // Position after the closing sign; braces inside texts and mappings do not close.
    private static int ClosingAfter(string text, int at, PieceKind kind)
    {
        if (kind == PieceKind.Comment)
        {
            var end = text.IndexOf("#}", at, StringComparison.Ordinal);
            return end < 0 ? text.Length : end + 2;
        }

        var depth = 0;
        var sign = kind == PieceKind.Output ? '}' : '%';
        for (; at + 1 < text.Length; at++)
        {
            switch (text[at])
            {
                case '"' or '\'': at = EndOfText(text, at); break;
                case '{': depth++; break;
                case var letter when depth == 0 && letter == sign && text[at + 1] == '}': return at + 2;
                case '}': depth--; break;
            }
        }

        return text.Length;
    }

    private static int EndOfText(string text, int at)
    {
        var quote = text[at++];
        while (at < text.Length && text[at] != quote) at += text[at] == '\\' ? 2 : 1;

        return at;
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
