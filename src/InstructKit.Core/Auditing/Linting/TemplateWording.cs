using System.Text.RegularExpressions;
using InstructKit.Tasks;

namespace InstructKit.Auditing.Linting;

/// <summary>The wording of a template: the literal words of input and target in lower case, and the placeholders between them.</summary>
/// <param name="Words">Words in order.</param>
/// <param name="Placeholders">Sources of placeholders and tags in order.</param>
internal sealed partial record TemplateWording(TemplateDefinition Template, IReadOnlyList<string> Words, IReadOnlyList<string> Placeholders)
{
    [GeneratedRegex(@"[\p{L}\p{N}]+(?:['’][\p{L}]+)?")]
    private static partial Regex Word { get; }

    public static TemplateWording Of(TemplateDefinition template)
    {
        List<string> words = [];
        List<string> placeholders = [];
        foreach (var piece in TemplatePiece.Cut(template.Input, template.Dialect).Concat(TemplatePiece.Cut(template.Target, template.Dialect)))
        {
            switch (piece.Kind)
            {
                case PieceKind.Literal: words.AddRange(Word.Matches(piece.Text).Select(match => match.Value.ToLowerInvariant())); break;
                case PieceKind.Output or PieceKind.Tag: placeholders.Add(piece.Text.Trim('{', '}', '%', '-', ' ')); break;
            }
        }

        return new TemplateWording(template, words, placeholders);
    }

    /// <summary>Share of words common to two wordings in the same order: 2 LCS / (m + n), from 0 to 1. Two without words are equal.</summary>
    public static double Likeness(TemplateWording a, TemplateWording b)
    {
        var total = a.Words.Count + b.Words.Count;
        if (total == 0) return 1;

        // Longest common subsequence, one row at a time.
        var row = new int[b.Words.Count + 1];
        foreach (var word in a.Words)
        {
            var diagonal = 0;
            for (var j = 1; j <= b.Words.Count; j++)
            {
                var above = row[j];
                row[j] = word == b.Words[j - 1] ? diagonal + 1 : Math.Max(above, row[j - 1]);
                diagonal = above;
            }
        }

        return 2.0 * row[^1] / total;
    }

    /// <summary>True when both have the same placeholders in the same order.</summary>
    public static bool SamePlaceholders(TemplateWording a, TemplateWording b) => a.Placeholders.SequenceEqual(b.Placeholders, StringComparer.Ordinal);
}
