using InstructKit.Diagnostics;
using InstructKit.Protocol;
using InstructKit.Tasks;

namespace InstructKit.Building;

/// <summary>Counts the training rows of a plan and divides the mixture among its tasks.</summary>
internal static class MixtureForecast
{
    /// <summary>The share of each training task, by key.</summary>
    /// <exception cref="DiagnosticException">Files cannot be read, or tasks are in no group of the mixture (IK2013).</exception>
    public static IReadOnlyDictionary<string, MixtureShare> Of(ResolvedPlan resolved)
    {
        List<MixtureTask> tasks = [.. resolved.Tasks.Where(task => task.Use == TaskUse.Train).Select(task => new MixtureTask(task.Task.Key, task.Cluster, RowsOf(resolved, task)))];
        var mixture = resolved.Plan.Mixture;
        if (mixture.Groups.Count > 0 && tasks.Where(task => !mixture.Groups.Any(group => group.HasWithin(task))).Select(task => task.Key).ToList() is { Count: > 0 } left)
        {
            throw new DiagnosticException(new Diagnostic(
                TaskCodes.BadSetting, Severity.Error, $"{left.Count} training tasks are in no group of the mixture: {string.Join(", ", left.Take(8))}{(left.Count > 8 ? " ..." : string.Empty)}.")
            {
                Hint = "Name them or their clusters under 'tasks' of a group, or take them out of the training tasks.",
            });
        }

        return mixture.Divide(tasks).ToDictionary(share => share.Task, StringComparer.Ordinal);
    }

    // Before filters, as in FLAN's code.
    private static long RowsOf(ResolvedPlan resolved, ResolvedTask task)
    {
        var rows = 0L;
        foreach (var (slice, _) in task.Outputs.Where(output => output.Split == OutputSplit.Train))
        {
            var ranges = resolved.Ranges.Of(task.Task, task.Data, task.Data.Slices[slice].Split, isCapped: true, alwaysCount: true);
            rows += ranges.Of(slice).Count - ranges.Of(slice).CountShared(ranges.Before(slice));
        }

        return Math.Min(rows, resolved.Plan.MaxTrain ?? long.MaxValue);
    }
}
