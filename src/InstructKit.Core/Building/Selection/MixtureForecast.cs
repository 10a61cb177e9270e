using InstructKit.Protocol;
using InstructKit.Tasks;

namespace InstructKit.Building.Selection;

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
            throw DiagnosticException.Error(TaskCodes.BadSetting, $"{left.Count} training tasks are in no group of the mixture: {string.Join(", ", left.Take(8))}{(left.Count > 8 ? " ..." : string.Empty)}.",
                hint: "Name them or their clusters under 'tasks' of a group, or take them out of the training tasks.");
        }

        return mixture.Divide(tasks).ToDictionary(share => share.Task, StringComparer.Ordinal);
    }

    /// <summary>Rejects a mixture that contradicts itself or uses unknown names.</summary>
    /// <exception cref="DiagnosticException">IK2013, IK2007.</exception>
    public static void Check(ResolvedPlan resolved, TaskRegistry catalogue)
    {
        var mixture = resolved.Plan.Mixture;
        if ((mixture.Kind == MixtureKind.Draw) != mixture.Draw is not null)
        {
            throw DiagnosticException.Error(TaskCodes.BadSetting, mixture.Draw is null ? "A mixture of the kind 'draw' needs a total." : $"A total ('draw') is for mixtures of the kind 'draw', not '{mixture.Kind?.ToString().ToLowerInvariant()}'.",
                hint: mixture.Draw is null ? "Give it with --draw N, or 'draw: N' under 'mixture'." : null);
        }

        if ((mixture.Kind ?? MixtureKind.Once) == MixtureKind.Once && (!mixture.IsPlain || mixture.Epochs > 1))
            throw DiagnosticException.Error(TaskCodes.BadSetting, "Epochs, temperature, weights and groups are for mixtures of rates or draws; the mixture is 'once'.",
                hint: "Use --mixture rates, or leave them out.");

        List<string> known = [.. catalogue.Tasks.Keys, .. resolved.Tasks.Select(task => task.Cluster), .. resolved.HoldOut.Scheme.Clusters.Select(cluster => cluster.Key)];
        List<Diagnostic> wrong =
        [
            .. mixture.Weights.Select(weight => weight.Name).Concat(mixture.Groups.SelectMany(NamesOf)).Where(name => !known.Contains(name.Text, StringComparer.Ordinal))
                .Select(name => Diagnostic.Error(TaskCodes.UnknownTask, $"The mixture names '{name}', which is neither a task nor a cluster of the scheme '{resolved.HoldOut.Scheme.Key}'.", name.Span,
                    NearestName.Hint(name.Text, known))),
        ];
        if (wrong.Count > 0) throw DiagnosticException.InOrder(wrong);

        static IEnumerable<LocatedName> NamesOf(MixtureGroup group) => group.Tasks.Concat(group.Groups.SelectMany(NamesOf));
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
