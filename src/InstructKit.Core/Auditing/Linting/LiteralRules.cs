using System.Text.RegularExpressions;
using InstructKit.Tasks;

namespace InstructKit.Auditing.Linting;

/// <summary>Rules about the text of a template between its placeholders.</summary>
internal static partial class LiteralRules
{
    [GeneratedRegex(@"<\|[^|<>\s]{1,40}\|>|</?s>|\[/?INST\]|<</?SYS>>|<(?:bos|eos|pad|unk|mask|cls|sep|start_of_turn|end_of_turn|extra_id_[0-9]+)>|\[(?:CLS|SEP|MASK|PAD|UNK)\]")]
    private static partial Regex SpecialToken { get; }

    [GeneratedRegex(@"[ \t]+(?=\n)")]
    private static partial Regex LineEndSpace { get; }

    [GeneratedRegex(@"\n[ \t]*\n[ \t]*\n")]
    private static partial Regex BlankLines { get; }

    [GeneratedRegex(@"\\[nrt]")]
    private static partial Regex Escape { get; }

    [GeneratedRegex(@"\{[A-Za-z_][A-Za-z0-9_]*\}")]
    private static partial Regex SingleBraces { get; }

    /// <summary>Checks one text of a template.</summary>
    /// <param name="source">Its input or its target.</param>
    /// <param name="isPart">True for a text printed between others, such as those of variants.</param>
    public static void Check(TemplateDefinition template, SourceText source, FindingList findings, bool isPart = false)
    {
        var pieces = TemplatePiece.Cut(source, template.Dialect);
        for (var i = 0; i < pieces.Count; i++)
        {
            if (pieces[i].Kind != PieceKind.Comment)
                Report(SpecialToken, pieces[i], LintCodes.SpecialToken, match => $"'{match}' is a control token of some models.");

            if (pieces[i].Kind == PieceKind.Literal)
            {
                CheckLiteral(pieces[i]);
                CheckGlue(pieces, i);
            }
        }

        // promptsource strips its output.
        if (!template.IsPromptsource && !isPart) CheckEnds(pieces);

        void CheckLiteral(TemplatePiece piece)
        {
            Report(LineEndSpace, piece, LintCodes.TrailingSpace, _ => "A line ends in a blank.");
            Report(BlankLines, piece, LintCodes.DoubledBlankLine, _ => "There is more than one blank line here.");
            Report(Escape, piece, LintCodes.LiteralEscape, match => $"'{match}' is printed as these two characters.", "Write a line break in the block, or put the text between double quotes.");
            if (template.Dialect != Templating.Settings.Dialect.Flan)
                Report(SingleBraces, piece, LintCodes.SingleBraces, match => $"'{match}' is printed unchanged.", "Placeholders have two braces.");

            if (piece.Text.IndexOf('\t', StringComparison.Ordinal) is var tab and >= 0)
                findings.Add(LintCodes.Tab, "The text has a tab.", Slice(piece, tab, 1), template);
        }

        // An s forms a plural and is allowed.
        void CheckGlue(IReadOnlyList<TemplatePiece> all, int i)
        {
            var text = all[i].Text;
            if (i > 0 && Touch(all[i - 1], all[i]) && IsLone(text[0]) && (text.Length == 1 ? i + 1 == all.Count : !IsWordPart(text[1])))
                findings.Add(LintCodes.GluedLetter, $"The letter '{text[0]}' is stuck to {all[i - 1].Text}.", Slice(all[i], 0, 1), template);

            if (i + 1 < all.Count && Touch(all[i], all[i + 1]) && IsLone(text[^1]) && (text.Length == 1 ? i == 0 : !IsWordPart(text[^2])))
                findings.Add(LintCodes.GluedLetter, $"The letter '{text[^1]}' is stuck to {all[i + 1].Text}.", Slice(all[i], text.Length - 1, 1), template);
        }

        void CheckEnds(IReadOnlyList<TemplatePiece> all)
        {
            if (all.Count == 0) return;

            var first = all[0];
            var last = all[^1];
            if (first.Kind == PieceKind.Literal && char.IsWhiteSpace(first.Text[0]))
                findings.Add(LintCodes.OuterSpace, "The text begins with white space.", Slice(first, 0, 1), template);

            // The template language drops one final line end.
            var end = last.Kind == PieceKind.Literal ? last.Text : string.Empty;
            end = end.EndsWith('\n') ? end[..^1] : end;
            if (end.EndsWith('\n'))
                findings.Add(LintCodes.OuterSpace, "The text ends in a blank line.", Slice(last, end.Length - 1, 1), template);
            else if (end.EndsWith(' ') && last.Text.Length == end.Length)
                findings.Add(LintCodes.TrailingSpace, "The text ends in a blank.", Slice(last, end.Length - 1, 1), template);
        }

        void Report(Regex pattern, TemplatePiece piece, LintRule rule, Func<string, string> message, string? hint = null)
        {
            foreach (Match match in pattern.Matches(piece.Text))
                findings.Add(rule, message(match.Value), Slice(piece, match.Index, match.Length), template, hint);
        }
    }

    private static bool Touch(TemplatePiece left, TemplatePiece right) =>
        (left.Kind == PieceKind.Output || right.Kind == PieceKind.Output) && left.Span.Offset + left.Span.Length == right.Span.Offset;

    private static bool IsLone(char letter) => char.IsAsciiLetter(letter) && letter is not ('s' or 'S');

    private static bool IsWordPart(char letter) => char.IsLetterOrDigit(letter) || letter is '\'' or '’' or '-' or '_';

    private static SourceSpan Slice(TemplatePiece piece, int start, int length) => new(piece.Span.Source, piece.Span.Offset + start, length);
}
