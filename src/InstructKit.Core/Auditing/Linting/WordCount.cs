namespace InstructKit.Auditing.Linting;

/// <summary>Counts a phrase in a text as whole words, whatever the case.</summary>
internal static class WordCount
{
    /// <summary>How often the phrase stands in the text; 0 for an empty phrase.</summary>
    public static int Of(string text, string phrase)
    {
        if (phrase.Length == 0) return 0;

        var count = 0;
        for (var at = text.IndexOf(phrase, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(phrase, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + phrase.Length;
            var opens = at == 0 || !char.IsLetterOrDigit(phrase[0]) || !char.IsLetterOrDigit(text[at - 1]);
            var closes = end == text.Length || !char.IsLetterOrDigit(phrase[^1]) || !char.IsLetterOrDigit(text[end]);
            count += opens && closes ? 1 : 0;
        }

        return count;
    }
}
