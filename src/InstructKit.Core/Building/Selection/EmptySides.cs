using InstructKit.Building.Plans;
using InstructKit.Protocol;
using InstructKit.Tasks;

namespace InstructKit.Building.Selection;

/// <summary>Detects that a plan has nothing to train on or nothing to hold out, and why: an empty side is an error unless intended.</summary>
internal static class EmptySides
{
    private const int MaxNamed = 4;

    /// <summary>Reason for a task without a slice for its side. WSC273 has only a test split; no file is missing.</summary>
    public static string NoSlice(SliceKind slice) => $"it has no {slice.ToString().ToLowerInvariant()} slice";

    /// <summary>Why none of a task's templates can be used on a side; null if one can. Scored rows use direct templates.</summary>
    public static string? NoTemplate(TaskDefinition task, TaskUse use, BuildPlan plan, int? first)
    {
        if (BarePrompts.UseOf(plan, use) != InstructionUse.Full) return task.Bare.Count > 0 || (use == TaskUse.HeldOut && plan.Baseline && task.Baseline.Count > 0) ? null : "it has no 'bare' prompt";

        if ((use == TaskUse.Train && plan.Inverted) || task.Templates.Take(first ?? int.MaxValue).Any(template => template.Kind == TemplateKind.Direct)) return null;

        return first is null || task.Templates.Count <= first ? "it has no direct template" : $"none of its first {first} templates is direct";
    }

    /// <summary>The option that keeps a task excluded by <see cref="NoTemplate"/>.</summary>
    public static string TemplateCure(TaskUse use, BuildPlan plan) => BarePrompts.UseOf(plan, use) == InstructionUse.Full
        ? "'kind: direct' on a template that asks for the task itself keeps it"
        : $"'bare:' in the task file gives it one, {(use == TaskUse.Train ? "--instructions" : "--held-out-instructions")} full takes its templates";

    /// <summary>The error of a plan none of whose held-out tasks can be held out; null if one can or none is requested.</summary>
    public static Diagnostic? HeldOut(ResolvedPlan resolved, TaskFiles files)
    {
        if (resolved.HoldOut.HeldOut.Count == 0 || resolved.Tasks.Any(task => task.Use == TaskUse.HeldOut)) return null;

        var held = resolved.HoldOut.HeldOut.ToHashSet(StringComparer.Ordinal);
        var reasons = Reasons(resolved, TaskUse.HeldOut, held.Contains);
        if (reasons.Count == 0) return Diagnostic.Error(TaskCodes.EmptySelection, "None of the held-out tasks has data here.");

        return Diagnostic.Error(TaskCodes.EmptySelection, $"Nothing is left to hold out: {Join(reasons.ConvertAll(task => $"'{task.Task}'{PathOf(task.Task, files)}: {task.Reason}"))}.",
            hint: Cure(reasons[0], files));
    }

    /// <summary>The error of a plan that trains on nothing; null when it trains, allows that, or asks for it: its selected tasks are exactly those that it
    /// holds out.</summary>
    public static Diagnostic? Train(ResolvedPlan resolved, TaskFiles files)
    {
        if (resolved.Plan.AllowEmpty || resolved.Tasks.Any(task => task.Use == TaskUse.Train)) return null;

        var (holdOut, plan) = (resolved.HoldOut, resolved.Plan);
        var held = holdOut.HeldOut.ToHashSet(StringComparer.Ordinal);
        var reasons = Reasons(resolved, TaskUse.Train, task => !held.Contains(task));
        if (reasons.Count == 0 && plan is { Tasks: not null, Train: null } && holdOut.Split is null) return null;

        var why = reasons.Count == 0 ? "all selected tasks are held out" : Join(reasons.ConvertAll(task => $"'{task.Task}'{PathOf(task.Task, files)}: {task.Reason}"));
        return Diagnostic.Error(TaskCodes.EmptySelection, $"No task is left to train on: {why}.",
            hint: $"Select more tasks, hold out something else, or use --allow-empty{(held.Count > 0 ? " to build the held-out side alone" : string.Empty)}.");
    }

    // The tasks intended for a side, with the reason why they are not.
    private static List<ExcludedTask> Reasons(ResolvedPlan resolved, TaskUse use, Func<string, bool> isMeant) =>
    [
        .. resolved.HoldOut.Excluded.Where(task => task.Reason != HoldOutRules.NotSelected && isMeant(task.Task)),
        .. resolved.Missing.Where(task => task.Use == use).Select(task => new ExcludedTask(task.Task, "it has no data here")),
    ];

    private static string Join(List<string> reasons) => string.Join("; ", reasons.Take(MaxNamed)) + (reasons.Count > MaxNamed ? $"; and {reasons.Count - MaxNamed} more" : string.Empty);

    private static string PathOf(string task, TaskFiles files) => files.IsOwn(task) ? $" ({files.PathOf(task)})" : string.Empty;

    private static string Cure(ExcludedTask lost, TaskFiles files)
    {
        if (lost.Reason == NoSlice(SliceKind.Test))
        {
            return files.Get(lost.Task).Slices.TryGetValue(SliceKind.Validation, out var validation)
                ? $"Write `test: {validation}` under `splits` of the task file to let validation serve."
                : "Name the rows to evaluate on with `test:` under `splits` of the task file.";
        }

        return lost.Reason.Contains("direct", StringComparison.Ordinal)
            ? "Mark a template that asks for the task itself with `kind: direct`; what is held out is asked directly."
            : "Select other tasks, or name their folder with --data.";
    }
}
