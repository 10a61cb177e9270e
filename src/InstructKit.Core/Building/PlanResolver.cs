using InstructKit.Diagnostics;
using InstructKit.Protocol;
using InstructKit.Tasks;

namespace InstructKit.Building;

/// <summary>Turns a plan into a list of tasks with data.</summary>
public static class PlanResolver
{
    private const int MaxNamed = 4;
    private const int MaxPlaces = 3;

    /// <summary>Resolves a plan. Reads task files and looks for data files; opens none of them.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="catalogue">All tasks.</param>
    /// <param name="counts">Numbers of rows that stand for data; null for data. What is resolved with them cannot be built.</param>
    /// <exception cref="DiagnosticException">The plan, a task file or the hold-out is wrong (IK20xx); or data is missing and the plan says to fail (IK2021).</exception>
    public static ResolvedPlan Resolve(BuildPlan plan, TaskRegistry catalogue, RowCounts? counts = null)
    {
        var holdOut = catalogue.Rules.Apply(
            new HoldOutRequest { Scheme = plan.Scheme, Names = plan.HoldOut, Tasks = plan.Tasks, Train = plan.Train, KeepRelated = plan.KeepRelated },
            catalogue.Ordered());
        var layouts = Layouts(plan, catalogue);
        var locator = new TaskLocator([.. plan.Data.Select(folder => folder.Text)], plan.Lock, plan.Limits, plan.Repairs);
        List<ResolvedTask> tasks = [];
        List<MissingTask> missing = [];
        List<ExcludedTask> excluded = [.. holdOut.Excluded];
        List<Diagnostic> wrong = [];
        var withVariant = false;
        var inTaskTest = plan.InTaskTest ?? (holdOut.HeldOut.Count == 0 && holdOut.Train.All(catalogue.Tasks.IsOwn));
        // Training tasks first, then held-out ones.
        foreach (var (key, role) in holdOut.Train.Select(key => (key, TaskUse.Train)).Concat(holdOut.HeldOut.Select(key => (key, TaskUse.HeldOut))))
        {
            try
            {
                var task = catalogue.Tasks.Get(key, plan.Variant?.Text);
                withVariant |= task.Variant is not null;
                var main = role == TaskUse.Train ? SliceKind.Train : SliceKind.Test;
                if (!task.Slices.ContainsKey(main))
                {
                    // WSC273 has a test split only; no file is missing.
                    excluded.Add(new ExcludedTask(key, $"it has no {main.ToString().ToLowerInvariant()} slice"));
                }
                else if ((counts is null ? locator.Find(task, main, layouts.GetValueOrDefault(key)) : counts.Find(task)) is { } data)
                {
                    tasks.Add(new ResolvedTask(task, holdOut.ClusterOf(key, task.Cluster), role, data) { InTaskTest = inTaskTest });
                }
                else
                {
                    missing.Add(new MissingTask(key, role, counts is null ? Describe(task, main, locator, plan) : "its rows are not in the file of --rows"));
                }
            }
            catch (DiagnosticException exception)
            {
                // An archive that cannot be listed is named as the layout does.
                wrong.AddRange(BrokenSource.IsOne(exception)
                    ? [exception.Diagnostics[0] with { Hint = $"Task {key}, looked for below {string.Join(" and ", plan.Data)}." }]
                    : exception.Diagnostics);
            }
        }

        if (wrong.Count > 0) throw new DiagnosticException(wrong);

        if (plan.Variant is not null && !withVariant) catalogue.RequireVariant(plan.Variant);

        var resolved = new ResolvedPlan(plan, holdOut with { Excluded = excluded }, tasks, missing);
        resolved.Ranges.Known = counts;
        CheckMixture(resolved, catalogue);
        return missing.Count > 0 && plan.OnMissing == MissingDataPolicy.Fail ? throw new DiagnosticException(Complain(missing, plan)) : Checked(resolved);
    }

    private static void CheckMixture(ResolvedPlan resolved, TaskRegistry catalogue)
    {
        var mixture = resolved.Plan.Mixture;
        if ((mixture.Kind == MixtureKind.Draw) != mixture.Draw is not null)
        {
            throw new DiagnosticException(new Diagnostic(TaskCodes.BadSetting, Severity.Error, mixture.Draw is null
                ? "A mixture of the kind 'draw' needs a total."
                : $"A total ('draw') is for mixtures of the kind 'draw', not '{mixture.Kind?.ToString().ToLowerInvariant()}'.")
            {
                Hint = mixture.Draw is null ? "Give it with --draw N, or 'draw: N' under 'mixture'." : null,
            });
        }

        if ((mixture.Kind ?? MixtureKind.Once) == MixtureKind.Once && (!mixture.IsPlain || mixture.Epochs > 1))
            throw new DiagnosticException(new Diagnostic(TaskCodes.BadSetting, Severity.Error, "Epochs, temperature, weights and groups are for mixtures of rates or draws; the mixture is 'once'.") { Hint = "Use --mixture rates, or leave them out." });

        List<string> known = [.. catalogue.Tasks.Keys, .. resolved.Tasks.Select(task => task.Cluster), .. resolved.HoldOut.Scheme.Clusters.Select(cluster => cluster.Key)];
        List<Diagnostic> wrong =
        [
            .. mixture.Weights.Select(weight => weight.Name).Concat(mixture.Groups.SelectMany(NamesOf)).Where(name => !known.Contains(name.Text, StringComparer.Ordinal))
                .Select(name => new Diagnostic(TaskCodes.UnknownTask, Severity.Error, $"The mixture names '{name}', which is neither a task nor a cluster of the scheme '{resolved.HoldOut.Scheme.Key}'.", name.Span)
                {
                    Hint = NearestName.Hint(name.Text, known),
                }),
        ];
        if (wrong.Count > 0) throw DiagnosticException.InOrder(wrong);

        static IEnumerable<LocatedName> NamesOf(MixtureGroup group) => group.Tasks.Concat(group.Groups.SelectMany(NamesOf));
    }

    private static ResolvedPlan Checked(ResolvedPlan resolved)
    {
        if (resolved.Tasks.Count == 0)
        {
            throw new DiagnosticException(new Diagnostic(TaskCodes.EmptySelection, Severity.Error, "No task is left that has data here.")
            {
                Hint = resolved.Plan.Data.Count == 0 ? "Name a folder with --data." : $"Looked below {string.Join(" and ", resolved.Plan.Data)}.",
            });
        }

        if (resolved.HoldOut.HeldOut.Count > 0 && resolved.Tasks.All(task => task.Use != TaskUse.HeldOut))
            throw new DiagnosticException(new Diagnostic(TaskCodes.EmptySelection, Severity.Error, "None of the held-out tasks has data here."));

        if (!resolved.Plan.AllowEmpty && resolved.Tasks.All(task => task.Use != TaskUse.Train))
        {
            throw new DiagnosticException(new Diagnostic(TaskCodes.EmptySelection, Severity.Error, "No task is left to train on: all selected tasks are held out, left out or without data.")
            {
                Hint = "Select more tasks, hold out something else, or use --allow-empty to build the held-out side alone.",
            });
        }

        return resolved;
    }

    // The last layout wins, so an option overrides the plan file.
    private static Dictionary<string, string> Layouts(BuildPlan plan, TaskRegistry catalogue)
    {
        Dictionary<string, string> layouts = new(StringComparer.Ordinal);
        List<Diagnostic> wrong = [];
        foreach (var (task, layout) in plan.Layouts.GroupBy(chosen => chosen.Task.Text, StringComparer.Ordinal).Select(group => group.Last()))
        {
            try
            {
                catalogue.Tasks.Get(task).RequireLayout(layout);
                layouts[task.Text] = layout.Text;
            }
            catch (DiagnosticException exception)
            {
                wrong.AddRange(exception.Diagnostics);
            }
        }

        return wrong.Count > 0 ? throw DiagnosticException.InOrder(wrong) : layouts;
    }

    private static List<Diagnostic> Complain(List<MissingTask> missing, BuildPlan plan)
    {
        if (plan.Data.Count == 0)
        {
            return
            [
                new Diagnostic(TaskCodes.MissingData, Severity.Error, $"The plan names no folder with data, and {missing[0].Task} brings none{(missing.Count > 1 ? $", nor do {missing.Count - 1} others" : string.Empty)}.")
                {
                    Hint = "Name one with --data, or under 'data' in the plan.",
                },
            ];
        }

        List<Diagnostic> diagnostics = [.. missing.Select(task => new Diagnostic(TaskCodes.MissingData, Severity.Error, $"No data for the task '{task.Task}': {task.Reason}."))];
        diagnostics[^1] = diagnostics[^1] with { Hint = "Use --on-missing skip to build without them." };
        return diagnostics;
    }

    private static string Describe(TaskDefinition task, SliceKind main, TaskLocator locator, BuildPlan plan)
    {
        if (plan.Data.Count == 0) return "no data folder is given; name one with --data";

        var wanted = task.Layouts
            .SelectMany(layout => layout.Splits.Where(split => (layout.Slices ?? task.Slices).TryGetValue(main, out var slice) && slice.Split == split.Name))
            .SelectMany(split => split.Parts.SelectMany(part => part.Globs))
            .Select(glob => glob.Text)
            .Distinct(StringComparer.Ordinal)
            .Take(MaxNamed)
            .ToList();
        var fetched = task.Layouts.Any(layout => layout.Hub is not null) ? $" (`instructkit fetch {task.Key}` downloads them, --data hub finds them)" : string.Empty;
        var places = locator.Places(task);
        var near = places.Where(Directory.Exists).SelectMany(place => Directory.GetFiles(place)).Select(path => Path.GetFileName(path)).ToList() is { Count: > 0 } files
            ? wanted.SelectMany(glob => NearestName.Find(glob, files, 1)).Distinct(StringComparer.Ordinal).ToList()
            : [];
        var found = near.Count == 0 ? string.Empty : $", found {string.Join(", ", near)}";
        return $"looked for {string.Join(", ", wanted)} below {string.Join(", ", places.Take(MaxPlaces))}{found}{fetched}";
    }
}
