using System.Globalization;
using InstructKit.Building;
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

    /// <summary>A role as files spell it.</summary>
    public static string Of(TaskUse role) => role == TaskUse.Train ? "train" : "held_out";

    /// <summary>A slice as files spell it.</summary>
    public static string Of(SliceKind slice) => slice switch { SliceKind.Train => "train", SliceKind.Validation => "validation", _ => "test" };
}
