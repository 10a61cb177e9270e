using System.Text.Json;
using InstructKit.Building;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Building.Settings;
using InstructKit.Protocol;
using InstructKit.Sinks;
using InstructKit.Sources;
using InstructKit.Tasks;

namespace InstructKit.Cli.Output;

/// <summary>Reports what a build did.</summary>
internal static class BuildSummary
{
    private const int MaxNames = 12;

    /// <summary>Before the build: reports that rows are the shipped samples, and that a user's task replaces a shipped one.</summary>
    public static void TellSources(ResolvedPlan resolved, TaskFiles tasks, Terminal terminal)
    {
        var samples = resolved.Tasks.Count(task => Path.GetFullPath(task.Data.Folder).StartsWith(Path.GetFullPath(ShippedFiles.SampleData), StringComparison.Ordinal));
        if (samples > 0) terminal.Say($"{Wording.Count(samples, "task")} with a few sample rows that are shipped with the tool; --data names a folder with real data.");

        foreach (var key in tasks.Replaced) terminal.Say($"Your task '{key}' ({tasks.PathOf(key)}) replaces the shipped one.");
    }

    /// <summary>Human-readable, on standard error.</summary>
    public static void Tell(BuildReport report, Terminal terminal)
    {
        TellHoldOut(report.Resolved, terminal);
        var rows = report.Outputs.Select(file => (IReadOnlyList<string>)[file.Path, Wording.Count(file.Rows, file.IsPacked ? "sequence" : "example"), ByteSize.Format(file.Bytes)]);
        if (!terminal.Quiet) TextTable.Write(terminal.Error, [new("file"), new("rows", true), new("size", true)], rows, heading: false);

        if (report.Evaluation.Count > 0) terminal.Say($"Evaluation sets: {Path.Combine(report.Resolved.Plan.Out, "eval", "README.md")} says how they are run.");

        foreach (var way in report.NotAsked.GroupBy(one => one.Way))
            terminal.Say($"Not asked as {way.Key.Name} ({WhyNot(way.Key)}): {Wording.Names(way.Select(one => one.Task), MaxNames)}.");

        foreach (var (task, loss) in report.Tasks.SelectMany(task => task.TreeLosses.Select(loss => (task.Task.Task.Key, loss))))
        {
            var lost = loss.Dropped.Select(one => $"{Wording.Count(one.Value, "row")} ({one.Key})").Concat(loss.TemplatesSkipped.Select(one => $"{Wording.Count(one.Value, "example")} ({one.Key})"));
            terminal.Say($"eval/{loss.Tree} of {task} lacks {string.Join(", ", lost)}, which the task's own way of asking has.");
        }

        foreach (var line in WithoutRows(report).Concat(Capped(report)).Concat(Mixed(report))) terminal.Say(line);

        foreach (var line in ExemplarText.Lines(report)) terminal.Say(line);

        LengthOutput.Tell(report, terminal);

        if (report.Resolved.Plan.Baseline && report.Resolved.Tasks.Where(task => task.Use == TaskUse.HeldOut && task.Task.Baseline.Count == 0).Select(task => task.Task.Key).ToList() is { Count: > 0 } instructed)
            terminal.Say($"Without a baseline prompt, so evaluated with instructions: {Wording.Names(instructed, MaxNames)}.");

        foreach (var split in report.Outputs.Where(file => file.Altered > 0).GroupBy(file => (Path.GetDirectoryName(file.Path), file.Split)))
        {
            terminal.Say($"{split.Key.Split}: {Wording.Count(split.Sum(file => file.Altered), "example")} of {Wording.Number(split.Sum(file => file.Rows))} have tabs, line ends or backslashes, "
                + @"written as \t, \n, \r and \\; a reader that knows no escapes takes them as they are.");
        }

        foreach (var line in Lost(report)) terminal.Say(line);

        foreach (var task in report.Tasks.Select(task => task.Task).Where(task => report.Resolved.Plan.InTaskTest == true && task is { Use: TaskUse.Train, InTaskTest: false } && task.Data.Slices.ContainsKey(SliceKind.Test)))
            terminal.Say($"{task.Task.Key}: the test slice is not written, because no direct template is left to ask it with.");

        foreach (var leak in report.Leaks)
        {
            terminal.Say($"{leak.Task}: {Wording.Count(leak.Rows, "row")} also in the held-out {leak.HeldOut} ({Wording.Number(leak.HeldOutRows)} of its {Wording.Count(leak.HeldOutTotal, "row")}), "
                + $"{(report.Resolved.Plan.OnLeak == LeakPolicy.Report ? "trained on (--on-leak report)" : $"dropped as {InstructKit.Examples.DropReasons.InHeldOut}")}.");
        }

        var repaired = new RepairCounts();
        foreach (var slice in report.Tasks.SelectMany(task => task.Slices)) repaired.Add(slice.Counts.Repaired);

        foreach (var line in RepairText.Lines(repaired)) terminal.Say(line);

        if (report.Companions.Count > 0) terminal.Say($"Beside them: {string.Join(", ", report.Companions.Select(file => file.Path))}.");

        if (report.Rejected > 0)
            terminal.Say($"{Wording.Count(report.Rejected, "row")} could not be used: {Path.Combine(report.Resolved.Plan.Out, ".instructkit", "rejects.jsonl")} lists them.");

        terminal.Say($"Wrote {Wording.Count(report.AllExamples, "example")} of {Wording.Count(report.Tasks.Count, "task")} to {report.Resolved.Plan.Out}.");
    }

    /// <summary>What went to standard output; human-readable, on standard error.</summary>
    public static void TellStream(BuildReport report, string split, string rejects, Terminal terminal)
    {
        TellHoldOut(report.Resolved, terminal);
        foreach (var line in WithoutRows(report).Concat(Capped(report))) terminal.Say(line);

        if (report.Rejected > 0) terminal.Say($"{Wording.Count(report.Rejected, "row")} could not be used: {rejects} lists them.");

        terminal.Say($"Wrote {Wording.Count(report.Examples(split), "example")} of {split} to standard output.");
    }

    /// <summary>Held-out tasks, tasks excluded with them, and missing data; human-readable.</summary>
    public static void TellHoldOut(ResolvedPlan resolved, Terminal terminal)
    {
        var holdOut = resolved.HoldOut;
        if (holdOut.HeldOut.Count > 0)
        {
            var what = holdOut.Split?.Name ?? (holdOut.Clusters.Count > 0 ? string.Join(", ", holdOut.Clusters) : string.Join(", ", holdOut.HeldOut));
            terminal.Say($"Held out: {what} ({Wording.Count(holdOut.HeldOut.Count, "task")}){(resolved.Tasks.All(task => task.Use == TaskUse.HeldOut) ? "; no task is trained on" : string.Empty)}.");
        }

        foreach (var line in Related(resolved)) terminal.Say(line);

        foreach (var lost in holdOut.Excluded.Where(task => task.Cure is not null).GroupBy(task => (task.Reason, task.Cure)))
            terminal.Say($"Left out: {Wording.Count(lost.Count(), "task")} ({Wording.Names(lost.Select(task => task.Task), MaxNames)}): {lost.Key.Reason}; {lost.Key.Cure}.");

        if (resolved.Missing.Count > 0)
            terminal.Say($"Without data here, so left out: {Wording.Count(resolved.Missing.Count, "task")} ({Wording.Names(resolved.Missing.Select(task => task.Task), MaxNames)}).");
    }

    /// <summary>One line for each cluster that is excluded from training with the held-out one.</summary>
    public static IEnumerable<string> Related(ResolvedPlan resolved)
    {
        var holdOut = resolved.HoldOut;
        foreach (var cluster in holdOut.AlsoExcluded)
        {
            var with = holdOut.Clusters.Where(key => holdOut.Scheme.Find(key)?.LeavesWith.Contains(cluster, StringComparer.Ordinal) ?? false);
            yield return $"{cluster} leaves with {string.Join(" and ", with)} ({Wording.Count(holdOut.Scheme.Find(cluster)?.Tasks.Count() ?? 0, "task")}).";
        }
    }

    // The build stops reading at a cap, so the rows after it are counted here.
    private static IEnumerable<string> Capped(BuildReport report)
    {
        // Rows omitted by the mixture have their own line.
        var capped = report.Tasks
            .SelectMany(task => task.Slices.Where(slice => slice.Counts.Capped && slice.Counts.Selected >= PlanCaps.Of(report.Resolved.Plan, slice.Split)).Select(slice => (Task: task.Task, Slice: slice))).ToList();
        foreach (var (task, slice) in capped.Take(MaxNames))
        {
            var rows = report.Resolved.Ranges.Of(task.Task, task.Data, slice.Source.Split, alwaysCount: true).Of(slice.Slice).Count;
            if (rows > slice.Counts.Read)
                yield return $"{task.Task.Key}: {Wording.Number(slice.Counts.Selected)} of {Wording.Count(rows, "row")} of {slice.Source} were used; {PlanCaps.OptionOf(slice.Split)} none uses all.";
        }

        if (capped.Count > MaxNames) yield return $"{Wording.Count(capped.Count - MaxNames, "more slice")} reached a cap; the manifest marks them.";
    }

    private static IEnumerable<string> Lost(BuildReport report) =>
        from slice in report.Tasks.SelectMany(task => task.Slices)
        from lost in slice.Counts.Lost
        group lost.Value by lost.Key into each
        orderby each.Key
        let name = each.Key[(each.Key.IndexOf(' ', StringComparison.Ordinal) + 1)..]
        select $"{each.Key[..^name.Length]}{Wording.Count(each.Sum(), "example")}: {InstructKit.Examples.ExampleLosses.TextOf(name)}.";

    // Both totals and the switch, where they differ.
    private static IEnumerable<string> Mixed(BuildReport report)
    {
        List<ManifestShare> shares = [.. report.Mixture];
        var used = shares.Sum(share => share.Selected + share.Repeated);
        if (report.Resolved.Plan.Mixture.Kind is null or MixtureKind.Once)
        {
            var rates = shares.Sum(share => Math.Min(share.Rate, share.Selected));
            if (shares.Count > 1 && rates < used)
                yield return $"Mixture: each of {Wording.Count(used, "training row")} once; --mixture rates takes {Wording.Number(rates)}, at most {Wording.Number(report.Resolved.Plan.Mixture.MaxRate)} of a task.";

            yield break;
        }

        // A task whose rows are all selected has the same rows either way.
        var all = shares.Sum(share => share.Wanted >= share.Rows ? share.Selected : share.Rows);
        if (used != all) yield return $"Mixture: {Wording.Count(used, "training row")} by {(report.Resolved.Plan.Mixture.Kind == MixtureKind.Draw ? "--draw" : "rates")}; --mixture once uses all {Wording.Number(all)} (before filters).";

        var lacking = shares.Where(share => share.Short > 0).ToList();
        if (lacking.Count > 0)
            yield return $"Too few usable rows for the mixture: {Wording.Names(lacking.Select(share => $"{share.Task} lacks {Wording.Number(share.Short)} of {Wording.Number(share.Wanted ?? 0)}"), MaxNames)}.";
    }

    // Usually a condition, or a misspelt column that is null in every row; easily overlooked in a successful build.
    private static IEnumerable<string> WithoutRows(BuildReport report) =>
        from task in report.Tasks
        from slice in task.Slices
        where slice.Counts is { Selected: 0, Capped: false }
        let reasons = slice.Counts.Dropped.Select(drop => $"{drop.Key} {Wording.Number(drop.Value)}").Concat(slice.Counts.Rejected > 0 ? [$"unusable {Wording.Number(slice.Counts.Rejected)}"] : [])
        select slice.Counts.Read == 0 ? $"{task.Task.Task.Key}: {slice.Source} has no rows."
            : IsTestAgain(slice) ? $"{task.Task.Task.Key}: the validation slice, {slice.Source}, has the rows of the test slice; {Wording.Count(slice.Counts.Read, "row")} {(slice.Counts.Read == 1 ? "is" : "are")} in the test slice alone."
            : $"{task.Task.Task.Key}: no row of {slice.Source} was kept ({Wording.Count(slice.Counts.Read, "row")} read; {string.Join(", ", reasons)}).{Unlabelled(slice)}";

    private static bool IsTestAgain(BuiltSlice slice) =>
        slice.Slice == SliceKind.Validation && slice.Counts.Dropped.GetValueOrDefault(InstructKit.Examples.DropReasons.AlsoInTest) == slice.Counts.Read;

    // Test sets of shared tasks are often published without their labels.
    private static string Unlabelled(BuiltSlice slice) =>
        slice.Slice != SliceKind.Test || slice.Counts.Dropped.GetValueOrDefault("no_label") < slice.Counts.Read ? string.Empty
        : $" {slice.Source} has no labels (-1 or none); where validation has them, it can serve: `test: validation` under `splits` of the task file.";

    /// <summary>One JSON document on standard output.</summary>
    public static void WriteJson(BuildReport report, Terminal terminal) => JsonDocumentOutput.Write(terminal, json =>
    {
        json.Put("out", report.Resolved.Plan.Out).Objects("outputs", report.Outputs, file => WriteFile(json, file));
        json.Objects("tasks", report.Tasks, task =>
        {
            json.Put("task", task.Task.Task.Key).Put("cluster", task.Task.Cluster).Put("role", Wording.Of(task.Task.Use)).Put("layout", task.Task.Data.Layout.Name);
            json.Objects("slices", task.Slices, slice => WriteSlice(json, slice));
        });
        LengthOutput.WriteJson(json, report);
        json.Put("leaks", report.Leaks, ManifestJson.Relaxed.IReadOnlyListLeakCount);
        json.Put("also_excluded", report.Resolved.HoldOut.AlsoExcluded).Put("missing", report.Resolved.Missing.Select(task => task.Task));
        if (report.Rejects is { } rejects) json.Object("rejects", () => WriteFile(json, rejects));
        else json.WriteNull("rejects");
        json.Put("rejected", report.Rejected);
    });

    private static void WriteSlice(Utf8JsonWriter json, BuiltSlice slice)
    {
        var counts = slice.Counts;
        json.Put("slice", Wording.Of(slice.Slice)).Put("source", slice.Source.ToString()).Put("output", slice.Split);
        json.Put("read", counts.Read).Put("selected", counts.Selected).Put("dropped", counts.Dropped.Values.Sum()).Put("rejected", counts.Rejected);
        json.Put("repaired", counts.Repaired.Found);
        if (counts.Lost.Count > 0) json.Put("lost", counts.Lost);
        json.Put("examples", counts.Examples);
        if (counts.Shots is { } shots) json.Put("exemplars", shots, ManifestJson.Relaxed.ShotCounts);
        if (counts.Lengths is { } lengths) json.Put("lengths", ManifestLengths.Of(lengths), ManifestJson.Relaxed.ManifestLengths);
    }

    private static void WriteFile(Utf8JsonWriter json, PublishedFile file) => json.Put("path", file.Path).Put("rows", file.Rows).Put("bytes", file.Bytes).Put("sha256", file.Sha256);

    private static string WhyNot(EvaluationWay way) => way switch
    {
        _ when way == EvaluationWay.Baseline => "no prompt without instructions",
        _ when way.Exemplars > 0 => "no training rows for exemplars",
        _ => "no template shows the options",
    };
}
