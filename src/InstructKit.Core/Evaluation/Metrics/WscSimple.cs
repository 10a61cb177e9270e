using System.Collections.Frozen;

namespace InstructKit.Evaluation.Metrics;

/// <summary>Whether a generated referent is the expected one (T5 <c>wsc_simple</c>): equal up to determiners, or the words of one contain those of the
/// other.</summary>
internal static class WscSimple
{
    private static readonly FrozenSet<string> Determiners = FrozenSet.ToFrozenSet(
        ["a", "an", "few", "her", "his", "each", "every", "many", "much", "my", "our", "some", "that", "the", "their", "these", "this", "those",
            "which", "whose", "your"], StringComparer.Ordinal);

    /// <summary>1 for the expected referent, 0 for another, −1 for an empty prediction.</summary>
    public static int Label(ReadOnlySpan<byte> prediction, ReadOnlySpan<byte> referent)
    {
        var predicted = Words(prediction);
        if (predicted is [] or [""]) return -1;
        var expected = Words(referent);
        // "Bob" is not "Bob's hat".
        if (predicted.Any(HasApostrophe) != expected.Any(HasApostrophe)) return 0;
        return predicted.All(expected.Contains) || expected.All(predicted.Contains) ? 1 : 0;
    }

    private static bool HasApostrophe(string word) => word.Contains('\'', StringComparison.Ordinal);

    // Words are what single spaces separate, so two spaces leave an empty word; nothing left is one empty word.
    private static List<string> Words(ReadOnlySpan<byte> text)
    {
        var lower = PythonCharacters.Lower(PythonCharacters.Trim(text), new GrowableBuffer<byte>());
        List<string> words = [.. Encoding.UTF8.GetString(lower).Split(' ').Where(static word => !Determiners.Contains(word))];
        return words.Count == 0 ? [""] : words;
    }
}
