using InstructKit.Tasks;

namespace InstructKit.Auditing.Linting;

/// <summary>Templates of one task and kind with nearly the same wording.</summary>
internal static class WordingRules
{
    /// <summary>At or above this share of common words in the same order, wordings with the same placeholders in the same order are near duplicates: a sentence
    /// in which every second or third word was replaced by a synonym keeps a share of 0.55 to 0.7.</summary>
    internal const double SameOrderBound = 0.5;

    /// <summary>The threshold when the placeholders or their order differ, which is itself a difference in form.</summary>
    internal const double OtherOrderBound = 0.65;

    // Fewer words are a bare form ("premise: … hypothesis: …"), distinguished only by its placeholders.
    private const int FewWords = 4;

    /// <summary>Compares all pairs.</summary>
    public static void Check(TaskDefinition task, FindingList findings)
    {
        var wordings = task.Templates.Select(TemplateWording.Of).ToList();
        for (var i = 0; i < wordings.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (wordings[i].Template.Kind == wordings[j].Template.Kind && IsNear(wordings[i], wordings[j], out var likeness))
                {
                    var (late, early) = (wordings[i].Template, wordings[j].Template);
                    findings.Add(
                        LintCodes.NearDuplicate,
                        string.Create(CultureInfo.InvariantCulture, $"The template '{late.Id}' is worded nearly like '{early.Id}', at {early.Span.Start} (likeness {likeness:0.00})."),
                        late.Span, late, "Ask in another form: a question, an order, a gap to fill, a dialogue, the text first or last.");
                }
            }
        }
    }

    private static bool IsNear(TemplateWording a, TemplateWording b, out double likeness)
    {
        likeness = TemplateWording.Likeness(a, b);
        var sameOrder = TemplateWording.SamePlaceholders(a, b);
        return Math.Max(a.Words.Count, b.Words.Count) < FewWords ? likeness == 1 && sameOrder : likeness >= (sameOrder ? SameOrderBound : OtherOrderBound);
    }
}

/// <summary>Counts phrases in a text as whole words, ignoring case.</summary>
internal static class WordCount
{
    // Up to this number the text is searched for one phrase after another.
    private const int FewPhrases = 16;

    /// <summary>The number of occurrences of each phrase in the text; time grows with the text and the number of distinct lengths, not with the number of phrases.</summary>
    public static int[] OfEach(string text, IReadOnlyList<string> phrases)
    {
        if (phrases.Count <= FewPhrases) return [.. phrases.Select(phrase => Of(text, phrase))];

        Dictionary<string, int> counts = new(StringComparer.OrdinalIgnoreCase);
        foreach (var phrase in phrases) counts[phrase] = 0;

        var known = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        int[] lengths = [.. counts.Keys.Select(phrase => phrase.Length).Where(length => length > 0).Distinct()];
        for (var at = 0; at < text.Length; at++)
        {
            foreach (var length in lengths)
            {
                var end = at + length;
                if (end <= text.Length && IsBorder(text, at) && IsBorder(text, end) && known.TryGetValue(text.AsSpan(at, length), out var count)) known[text.AsSpan(at, length)] = count + 1;
            }
        }

        return [.. phrases.Select(phrase => counts[phrase])];
    }

    /// <summary>The number of occurrences of the phrase in the text; 0 for an empty phrase.</summary>
    public static int Of(string text, string phrase)
    {
        if (phrase.Length == 0) return 0;

        var count = 0;
        for (var at = text.IndexOf(phrase, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(phrase, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + phrase.Length;
            count += IsBorder(text, at) && IsBorder(text, end) ? 1 : 0;
        }

        return count;
    }

    // No word crosses the boundary.
    private static bool IsBorder(string text, int at) => at == 0 || at == text.Length || !char.IsLetterOrDigit(text[at - 1]) || !char.IsLetterOrDigit(text[at]);
}
