using InstructKit.Cells;
using InstructKit.Sources;

namespace InstructKit.Cli.Output;

/// <summary>Describes how many rows were repaired.</summary>
internal static class RepairText
{
    /// <summary>One line for each kind that was met.</summary>
    public static IEnumerable<string> Lines(RepairCounts counts)
    {
        if (counts[InputRepairs.InvalidUtf8] > 0) yield return $"{Wording.Count(counts[InputRepairs.InvalidUtf8], "row")} had bytes that are not UTF-8, which became U+FFFD.";

        if (counts[InputRepairs.DuplicateKeys] > 0) yield return $"{Wording.Count(counts[InputRepairs.DuplicateKeys], "row")} had a key twice in one object; the last value was taken.";

        if (counts[InputRepairs.LoneSurrogates] > 0) yield return $"{Wording.Count(counts[InputRepairs.LoneSurrogates], "row")} had half a surrogate pair, which became U+FFFD.";
    }
}
