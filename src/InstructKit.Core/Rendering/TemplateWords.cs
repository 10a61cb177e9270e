namespace InstructKit.Rendering;

/// <summary>
/// Every word of a template's source that could be the name of a variable. More than the names it reads, but never fewer, whatever branches,
/// scopes and macros do with them; a word that the row has no field for costs nothing.
/// </summary>
internal static class TemplateWords
{
    /// <summary>The distinct words of the texts, in order; null texts have none.</summary>
    public static List<string> Of(params ReadOnlySpan<string?> texts)
    {
        List<string> words = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            for (var i = 0; i < text?.Length;)
            {
                var start = i;
                while (i < text.Length && IsWord(text[i])) i++;

                if (i > start && !char.IsAsciiDigit(text[start]) && known.Add(text[start..i])) words.Add(text[start..i]);

                i = i > start ? i : i + 1;
            }
        }

        return words;
    }

    // Marks and surrogates may stand in names too; one word too long only means one that no row has.
    private static bool IsWord(char unit) =>
        unit == '_' || char.IsLetterOrDigit(unit) || (unit > 0x7f && (char.IsSurrogate(unit) || char.GetUnicodeCategory(unit) is
            System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark
            or System.Globalization.UnicodeCategory.ConnectorPunctuation or System.Globalization.UnicodeCategory.LetterNumber));
}
