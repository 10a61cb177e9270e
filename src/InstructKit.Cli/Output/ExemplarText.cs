using InstructKit.Building;
using InstructKit.Building.Passes;

namespace InstructKit.Cli.Output;

/// <summary>Reports on the exemplars of a build.</summary>
internal static class ExemplarText
{
    private const int MaxNames = 6;

    /// <summary>Human-readable; empty if no prompt has exemplars.</summary>
    public static IEnumerable<string> Lines(BuildReport report)
    {
        if (report.Resolved.Plan.FewShot.Exemplars == 0) yield break;

        var slices = report.Tasks.SelectMany(task => task.Slices.Where(slice => slice.Counts.Shots is not null).Select(slice => (Task: task.Task.Task.Key, Shots: slice.Counts.Shots!))).ToList(); // chosen above
        long Sum(Func<ShotCounts, long> count) => slices.Sum(slice => count(slice.Shots));

        var unit = report.Resolved.Plan.Tokenizer is null ? "words" : "tokens";
        yield return $"Exemplars: {Wording.Number(Sum(shots => shots.Exemplars))} before {Wording.Count(Sum(shots => shots.FewShot), "example")}"
            + (Sum(shots => shots.Pruned) is > 0 and var pruned ? $"; {Wording.Number(pruned)} of {Wording.Count(Sum(shots => shots.PrunedExamples), "example")} did not fit into {report.Resolved.Plan.FewShot.Budget} {unit} (--few-shot-budget)" : string.Empty)
            + (Sum(shots => shots.Emptied) is > 0 and var emptied ? $"; {Wording.Count(emptied, "example")} stayed zero-shot" : string.Empty) + ".";
        var without = slices.Where(slice => slice.Shots.WithoutRows > 0).Select(slice => slice.Task).Distinct(StringComparer.Ordinal).ToList();
        if (without.Count > 0) yield return $"Without training rows here, so zero-shot: {Wording.Names(without, MaxNames)} ({Wording.Count(Sum(shots => shots.WithoutRows), "example")}).";

        if (Sum(shots => shots.Short) is > 0 and var few) yield return $"{Wording.Count(few, "example")} had fewer exemplars than requested: their tasks have too few training rows that differ.";
    }
}
