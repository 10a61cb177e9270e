namespace InstructKit.Auditing.Linting;

/// <summary>Counts phrases in a text as whole words, whatever the case.</summary>
internal static class WordCount
{
    // Up to here the text is searched for one phrase after the other.
    private const int FewPhrases = 16;

    /// <summary>How often each phrase stands in the text; time grows with the text and the number of different lengths, not with the number of phrases.</summary>
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

    /// <summary>How often the phrase stands in the text; 0 for an empty phrase.</summary>
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

    // No word reaches over the border.
    private static bool IsBorder(string text, int at) => at == 0 || at == text.Length || !char.IsLetterOrDigit(text[at - 1]) || !char.IsLetterOrDigit(text[at]);
}
