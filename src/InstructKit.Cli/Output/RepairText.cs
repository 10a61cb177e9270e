using InstructKit.Sources;

namespace InstructKit.Cli.Output;

/// <summary>Tells in how many rows something was let pass.</summary>
internal static class RepairText
{
    /// <summary>One line for each kind that was met.</summary>
    public static IEnumerable<string> Lines(RepairCounts counts)
    {
        if (counts.InvalidUtf8 > 0) yield return $"{Wording.Count(counts.InvalidUtf8, "row")} had bytes that are not UTF-8, which became U+FFFD.";

        if (counts.DuplicateKeys > 0) yield return $"{Wording.Count(counts.DuplicateKeys, "row")} had a key twice in one object; the last value was taken.";

        if (counts.LoneSurrogates > 0) yield return $"{Wording.Count(counts.LoneSurrogates, "row")} had half a surrogate pair, which became U+FFFD.";
    }
}
