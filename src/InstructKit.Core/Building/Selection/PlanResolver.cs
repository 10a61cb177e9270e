using InstructKit.Building.Plans;
using InstructKit.Building.Slices;
using InstructKit.Protocol;
using InstructKit.Tasks;

namespace InstructKit.Building.Selection;

/// <summary>Turns a plan into a list of tasks with data.</summary>
public static class PlanResolver
{
    private const int MaxNamed = 4;
    private const int MaxPlaces = 3;

    /// <summary>Resolves a plan. Reads task files and looks for data files; opens none of them.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="catalogue">All tasks.</param>
    /// <param name="counts">Row counts given instead of data; null for data. A plan resolved with them cannot be built.</param>
    /// <exception cref="DiagnosticException">The plan, a task file or the hold-out is invalid (IK20xx); or data is missing and the plan fails on that (IK2021).</exception>
    public static ResolvedPlan Resolve(BuildPlan plan, TaskRegistry catalogue, RowCounts? counts = null)
    {
        RequireReplace(plan, catalogue.Tasks);
        if (plan.InvertedRate is not null && plan.Assign != TemplateAssignment.One)
        {
            throw DiagnosticException.Error(TaskCodes.BadSetting, "A rate of inverted templates is for templates that are drawn.",
                hint: "Use --templates one, or --inverted-rate none.");
        }

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
        var first = plan.FirstTemplates ?? holdOut.Split?.Templates;
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
                    excluded.Add(new ExcludedTask(key, EmptySides.NoSlice(main)) { Cure = catalogue.Tasks.IsOwn(key) ? $"'{main.ToString().ToLowerInvariant()}:' under 'splits' of the task file names one" : null });
                }
                else if (EmptySides.NoTemplate(task, role, plan, first) is { } reason)
                {
                    excluded.Add(new ExcludedTask(key, reason) { Cure = EmptySides.TemplateCure(role, plan) });
                }
                else if ((counts is null ? locator.Find(task, main, layouts.GetValueOrDefault(key)) : counts.Find(task)) is { } data)
                {
                    tasks.Add(new ResolvedTask(task, holdOut.ClusterOf(key, task.Cluster), role, data) { InTaskTest = inTaskTest && EmptySides.NoTemplate(task, TaskUse.HeldOut, plan, first) is null, IsOwn = catalogue.Tasks.IsOwn(key) });
                }
                else
                {
                    missing.Add(new MissingTask(key, role, counts is null ? Describe(task, main, locator, plan) : "its rows are not in the file of --rows"));
                }
            }
            catch (DiagnosticException exception)
            {
                // An archive that cannot be listed is named as in the layout.
                wrong.AddRange(BrokenSource.IsOne(exception)
                    ? [exception.Diagnostics[0] with { Hint = $"Task {key}, looked for below {string.Join(" and ", catalogue.Tasks.Get(key).Home is { } home ? [.. plan.Data, home] : plan.Data)}." }]
                    : exception.Diagnostics);
            }
        }

        if (wrong.Count > 0) throw new DiagnosticException(wrong);

        if (plan.Variant is not null && !withVariant) catalogue.RequireVariant(plan.Variant);

        var resolved = new ResolvedPlan(plan, holdOut with { Excluded = excluded }, tasks, missing) { Unselected = Unselected(holdOut, catalogue, locator) };
        resolved.Ranges.Known = counts;
        MixtureForecast.Check(resolved, catalogue);
        if (missing.Count > 0 && plan.OnMissing == MissingDataPolicy.Fail) throw new DiagnosticException(Complain(missing, plan));

        return Checked(resolved, catalogue.Tasks) with { Outputs = BuildOutput.Of(resolved) };
    }

    /// <summary>The error of a plan that unintentionally trains on nothing; null otherwise. For a plan resolved with <see cref="BuildPlan.AllowEmpty"/>.</summary>
    internal static Diagnostic? EmptyTraining(ResolvedPlan resolved, TaskRegistry catalogue) => EmptySides.Train(resolved with { Plan = resolved.Plan with { AllowEmpty = false } }, catalogue.Tasks);

    // A user who reuses a shipped name by accident would train on other rows than the name suggests.
    private static void RequireReplace(BuildPlan plan, TaskFiles files)
    {
        if (plan.Replace || files.Replaced.Count == 0) return;

        var more = files.Replaced.Count > 1 ? $", and so have {files.Replaced.Count - 1} others ({string.Join(", ", files.Replaced.Skip(1).Take(MaxNamed))})" : string.Empty;
        throw DiagnosticException.Error(TaskCodes.DuplicateName, $"Your task '{files.Replaced[0]}' ({files.PathOf(files.Replaced[0])}) has the name of a shipped task{more}.",
            hint: "Rename it, or use --replace to take it instead of the shipped one.");
    }

    // Their data may be broken or missing, since none of it is written.
    private static List<ResolvedTask> Unselected(HoldOut holdOut, TaskRegistry catalogue, TaskLocator locator)
    {
        List<ResolvedTask> found = [];
        foreach (var key in holdOut.Unselected)
        {
            try
            {
                var task = catalogue.Tasks.Get(key);
                if (task.Slices.ContainsKey(SliceKind.Test) && locator.Find(task, SliceKind.Test) is { } data) found.Add(new ResolvedTask(task, holdOut.ClusterOf(key, task.Cluster), TaskUse.HeldOut, data));
            }
            catch (DiagnosticException)
            {
            }
        }

        return found;
    }

    private static ResolvedPlan Checked(ResolvedPlan resolved, TaskFiles files)
    {
        if (EmptySides.HeldOut(resolved, files) is { } nothingHeldOut) throw new DiagnosticException(nothingHeldOut);

        if (resolved.HoldOut.HeldOut.Count == 0 && resolved.Plan.HoldOut.Count > 0)
        {
            // A training task that reads held-out rows is a more useful finding than an empty selection.
            if (resolved.Plan.OnLeak == LeakPolicy.Fail) SharedRows.Refuse(resolved);

            throw HoldOutRules.NoneSelected(resolved.Plan.HoldOut);
        }

        if (resolved.Tasks.Count == 0 && resolved.Missing.Count > 0)
        {
            throw DiagnosticException.Error(TaskCodes.EmptySelection, "No task is left that has data here.",
                hint: resolved.Plan.Data.Count == 0 ? "Name a folder with --data." : $"Looked below {string.Join(" and ", resolved.Plan.Data)}.");
        }

        return EmptySides.Train(resolved, files) is { } nothingToTrain ? throw new DiagnosticException(nothingToTrain) : resolved;
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
                Diagnostic.Error(TaskCodes.MissingData, $"The plan names no folder with data, and {missing[0].Task} brings none{(missing.Count > 1 ? $", nor do {missing.Count - 1} others" : string.Empty)}.",
                    hint: "Name one with --data, or under 'data' in the plan."),
            ];
        }

        List<Diagnostic> diagnostics = [.. missing.Select(task => Diagnostic.Error(TaskCodes.MissingData, $"No data for the task '{task.Task}': {task.Reason}."))];
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
