using InstructKit.Building.Selection;
using InstructKit.Sources;
using InstructKit.Tasks;

namespace InstructKit.Cli.Output;

/// <summary>Small phrases.</summary>
internal static class Wording
{
    /// <summary>A number with its noun, such as <c>1 row</c> or <c>12,034 rows</c>.</summary>
    public static string Count(long count, string noun) => $"{Number(count)} {noun}{(count == 1 ? string.Empty : "s")}";

    /// <summary>A number with commas between thousands.</summary>
    public static string Number(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>The first few names.</summary>
    public static string Names(IEnumerable<string> names, int most)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(most)) + (all.Count > most ? $" and {all.Count - most} more" : string.Empty);
    }

    /// <summary>A role as written in files.</summary>
    public static string Of(TaskUse role) => role == TaskUse.Train ? "train" : "held_out";

    /// <summary>A slice as written in files.</summary>
    public static string Of(SliceKind slice) => slice switch { SliceKind.Train => "train", SliceKind.Validation => "validation", _ => "test" };
}

/// <summary>Reports the number of rows with a repaired error.</summary>
internal static class RepairText
{
    /// <summary>One line for each kind that occurred.</summary>
    public static IEnumerable<string> Lines(RepairCounts counts)
    {
        if (counts[InputRepairs.InvalidUtf8] > 0) yield return $"{Wording.Count(counts[InputRepairs.InvalidUtf8], "row")} had bytes that are not UTF-8, which became U+FFFD.";

        if (counts[InputRepairs.DuplicateKeys] > 0) yield return $"{Wording.Count(counts[InputRepairs.DuplicateKeys], "row")} had a key twice in one object; the last value was taken.";

        if (counts[InputRepairs.LoneSurrogates] > 0) yield return $"{Wording.Count(counts[InputRepairs.LoneSurrogates], "row")} had half a surrogate pair, which became U+FFFD.";
    }
}

/// <summary>Human-readable byte counts.</summary>
internal static class ByteSize
{
    /// <summary>A human-readable size, such as <c>1.4 MB</c> (powers of 1000).</summary>
    public static string Format(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        double size = bytes;
        var unit = 0;
        while (size >= 1000 && unit < units.Length - 1)
        {
            size /= 1000;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 ? size.ToString("0", CultureInfo.InvariantCulture) : size.ToString("0.0", CultureInfo.InvariantCulture))} {units[unit]}");
    }
}
