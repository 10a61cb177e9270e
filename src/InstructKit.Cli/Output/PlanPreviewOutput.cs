using InstructKit.Building.Selection;
using InstructKit.Building.Settings;
using InstructKit.Protocol;
using InstructKit.Tasks;

namespace InstructKit.Cli.Output;

/// <summary>Shows a <see cref="PlanPreview"/>.</summary>
internal static class PlanPreviewOutput
{
    private const int MaxNamed = 5;
    private const int MaxVaried = 10;

    /// <summary>Human-readable.</summary>
    public static void Tell(PlanPreview forecast, Terminal terminal)
    {
        var output = terminal.Text;
        var resolved = forecast.Resolved;
        var holdOut = resolved.HoldOut;
        output.WriteLine($"scheme: {holdOut.Scheme.Key}");
        output.WriteLine($"held out: {(holdOut.HeldOut.Count == 0 ? "none" : holdOut.Split?.Name ?? string.Join(", ", holdOut.Clusters.DefaultIfEmpty(string.Join(", ", holdOut.HeldOut))))}");
        foreach (var line in BuildSummary.Related(resolved)) output.WriteLine(line);

        output.WriteLine($"order of rows: {OrderOf(forecast)}");
        if (resolved.Plan.TrainingOrder != TrainingOrder.Shuffled) output.WriteLine($"order of training examples: {TrainingLanes.Describe(resolved.Plan)}{LanesOf(forecast.Lanes)}");
        output.WriteLine($"mixture: {MixtureOf(forecast)}");

        output.WriteLine();
        TextTable.Write(
            terminal,
            [new("task"), new("cluster"), new("role"), new("layout"), new("rows"), new("rate", true), new("prob", true), new("epoch", true), new("total", true), new("share", true)],
            forecast.Tasks.Select(task => (IReadOnlyList<string>)
            [
                task.Task.Task.Key,
                task.Task.Cluster,
                Wording.Of(task.Task.Use),
                task.Task.Data.Layout.Name,
                string.Join("; ", task.Slices.Select(slice => Describe(slice, task.IsEstimate))),
                .. task.Share is { } share
                    ? (string[])[Wording.Number(share.Rate), Percent(share.Probability), Wording.Number(share.PerEpoch), Wording.Number(task.Total), Percent(ShareOf(task, forecast))]
                    : [string.Empty, string.Empty, string.Empty, string.Empty, string.Empty],
            ]));
        Section(output, "left out", holdOut.Excluded.Count, LeftOut(holdOut));
        Section(output, "no data here", resolved.Missing.Count, resolved.Missing.Select(task => $"{task.Task}: {task.Reason}"));
        Section(output, "not in the catalogue", holdOut.Unknown.Count, holdOut.Unknown);
        output.WriteLine();
        output.WriteLine($"Source rows: {string.Join(", ", OutputSplit.All.Where(split => split != OutputSplit.Test || Rows(forecast, split) > 0).Select(split => $"{split} {Wording.Number(Rows(forecast, split))}"))}.");
        var texts = forecast.Tasks.SelectMany(task => forecast.Resolved.TemplatesOf(task.Task).Where(template => template.TextCount > 1).Select(template => $"{task.Task.Task.Key}/{template.Id} {Wording.Number(template.TextCount)}")).ToList();
        if (texts.Count > 0) output.WriteLine($"Templates with variants, and the number of texts that each stands for: {string.Join(", ", texts.Take(MaxVaried))}{(texts.Count > MaxVaried ? $" and {texts.Count - MaxVaried} more (--json)" : string.Empty)}.");
        if (resolved.Plan.Baseline && resolved.Tasks.Where(task => task.Use == TaskUse.HeldOut && task.Task.Baseline.Count == 0).Select(task => task.Task.Key).ToList() is { Count: > 0 } instructed)
            output.WriteLine($"Without a baseline prompt, so evaluated with instructions: {Wording.Names(instructed, MaxNamed)}.");

        if (resolved.Plan.FewShot is { Exemplars: > 0 } shots)
        {
            var without = resolved.Tasks.Where(task => !task.Data.Roles.Contains(SliceKind.Train)).Select(task => task.Task.Key).ToList();
            output.WriteLine($"Prompts: {(shots.UpTo ? "up to " : string.Empty)}{Wording.Count(shots.Exemplars, "exemplar")} each, from the training slice of the task{(without.Count > 0 ? $"; none for {Wording.Names(without, MaxNamed)}, which {(without.Count == 1 ? "has" : "have")} no training rows here" : string.Empty)}.");
        }

        if (forecast.Sample is { } sample) LengthOutput.TellSample(forecast, sample.Tasks, sample.View, output);

        if (forecast.IsExact) output.WriteLine("Exact: all rows were read, filtered and rendered.");
        else if (forecast.Estimated > 0) output.WriteLine($"Estimated: {Wording.Count(forecast.Estimated, "task")} (\"up to\") may drop rows by a condition (keep_if); --exact evaluates it.");

        output.Flush();
    }

    private static string LanesOf(TrainingLanes? lanes) => lanes is not { Order: TrainingOrder.Curriculum } ? string.Empty
        : $": {string.Join("; ", lanes.Lanes.GroupBy(lane => lane.Level).Select(level => $"level {level.Key} {string.Join(", ", level.Select(lane => lane.Task))}"))}";

    private static string MixtureOf(PlanPreview forecast)
    {
        var mixture = forecast.Resolved.Plan.Mixture;
        var unit = forecast.Resolved.Plan.Assign == TemplateAssignment.All ? "rows, each under all templates" : "rows";
        return mixture.Kind switch
        {
            MixtureKind.Rates => $"rates of at most {Wording.Number(mixture.MaxRate)}, {Wording.Count(mixture.Epochs, "epoch")}: {Wording.Number(forecast.Total)} training {unit}",
            MixtureKind.Draw => $"{Wording.Number(forecast.Total)} training {unit} drawn by rates of at most {Wording.Number(mixture.MaxRate)}",
            _ => $"once: {Wording.Number(forecast.Total)} training {unit}",
        };
    }

    private static decimal ShareOf(PlanPreview.TaskRows task, PlanPreview forecast) => forecast.Total == 0 ? 0 : (decimal)task.Total / forecast.Total;

    private static string Percent(decimal part) => (100 * part).ToString("0.00", CultureInfo.InvariantCulture) + "%";

    private static string OrderOf(PlanPreview forecast)
    {
        var resolved = forecast.Resolved;
        if (resolved.Plan.Order == RowOrder.Source) return "source";

        var source = forecast.Tasks.Where(task => resolved.Ranges.OrderOf(task.Task.Task, task.Task.Data.Layout) == RowOrder.Source).Select(task => task.Task.Task.Key).ToList();
        return string.Create(CultureInfo.InvariantCulture, $"seeded ({resolved.Plan.Seed})") + (source.Count == 0 ? string.Empty : $"; source for {string.Join(", ", source)}");
    }

    private static string Describe(PlanPreview.SliceRows slice, bool isEstimate)
    {
        List<string> details = [];
        if (slice.Counts is { } counts && counts.Dropped.Values.Sum() + counts.Rejected is > 0 and var lost) details.Add($"{Wording.Number(lost)} dropped");
        if (slice.Overlapping > 0) details.Add($"{Wording.Number(slice.Overlapping)} more belong to another slice");
        if (slice.Cap is { } cap && cap < slice.Rows - slice.Overlapping) details.Add($"{Wording.Number(slice.Rows - slice.Overlapping)} without {PlanCaps.OptionOf(slice.Output)}");

        return $"{slice.Output} {(isEstimate ? "up to " : string.Empty)}{Wording.Number(slice.AtMost)} of {slice.Source}{(details.Count > 0 ? $" ({string.Join(", ", details)})" : string.Empty)}";
    }

    // Many tasks with the same reason are only counted; JSON names them all.
    private static IEnumerable<string> LeftOut(HoldOut holdOut) => holdOut.Excluded.GroupBy(task => task.Cure is null ? task.Reason : $"{task.Reason} ({task.Cure})", StringComparer.Ordinal).OrderBy(group => group.Count() > MaxNamed)
        .SelectMany(group => group.Count() > MaxNamed ? [$"{Wording.Count(group.Count(), "more task")}: {group.Key}"] : group.Select(task => $"{task.Task}: {group.Key}"));

    /// <summary>One JSON document.</summary>
    public static void WriteJson(PlanPreview forecast, Terminal terminal) => JsonDocumentOutput.Write(terminal, json =>
    {
        var resolved = forecast.Resolved;
        var holdOut = resolved.HoldOut;
        json.Put("scheme", holdOut.Scheme.Key).Put("split", holdOut.Split?.Name).Put("hold_out", holdOut.Clusters).Put("also_excluded", holdOut.AlsoExcluded);
        json.Put("order", TaskFile.Orders[(int)resolved.Plan.Order]).Put("exact", forecast.IsExact).Put("training_order", PlanSettings.TrainingOrders[(int)resolved.Plan.TrainingOrder]);
        if (forecast.Lanes is { } lanes) json.Put("training_tasks", lanes.Lanes.Select(lane => lane.Task));
        json.Put("mixture", (resolved.Plan.Mixture.Kind ?? MixtureKind.Once).ToString().ToLowerInvariant()).Put("total_rate", forecast.TotalRate).Put("total", forecast.Total);
        json.Objects("tasks", forecast.Tasks, task =>
        {
            json.Put("task", task.Task.Task.Key).Put("cluster", task.Task.Cluster).Put("role", Wording.Of(task.Task.Use)).Put("layout", task.Task.Data.Layout.Name);
            json.Put("folder", task.Task.Data.Folder).Put("order", TaskFile.Orders[(int)resolved.Ranges.OrderOf(task.Task.Task, task.Task.Data.Layout)]);
            json.Objects("slices", task.Slices, slice =>
            {
                json.Put("slice", Wording.Of(slice.Slice)).Put("source", slice.Source.ToString()).Put("output", slice.Output);
                json.Put("rows", slice.Rows).Put("overlapping", slice.Overlapping).Put("selected_at_most", slice.AtMost);
                if (slice.Counts is not { } counts) return;

                json.Put("selected", counts.Selected).Put("repeated", counts.Repeated).Put("short", counts.Short).Put("rejected", counts.Rejected).Put("examples", counts.Examples);
                json.Put("dropped", counts.Dropped);
            });
            json.Objects("templates", resolved.TemplatesOf(task.Task), template => json.Put("template", template.Id).Put("kind", template.KindText).Put("texts", template.TextCount));
            json.Put("estimated", task.IsEstimate).Put("rate", task.Rate).Put("probability", Math.Round(task.Share?.Probability ?? 0, 6)).Put("per_epoch", task.Share?.PerEpoch ?? 0);
            json.Put("total", task.Total).Put("share", Math.Round(ShareOf(task, forecast), 6));
        });
        json.Objects("excluded", holdOut.Excluded, task =>
        {
            json.Put("task", task.Task).Put("reason", task.Reason);
            if (task.Cure is not null) json.Put("kept_by", task.Cure);
        });
        json.Objects("missing", resolved.Missing, task => json.Put("task", task.Task).Put("role", Wording.Of(task.Use)).Put("reason", task.Reason));
        json.Put("not_in_catalogue", holdOut.Unknown);
        if (forecast.Sample is { } sample) LengthOutput.WriteSample(json, forecast, sample.Tasks, sample.View);
    });

    private static void Section(TextWriter output, string title, int count, IEnumerable<string> lines)
    {
        if (count == 0) return;

        output.WriteLine();
        output.WriteLine($"{title} ({count}):");
        foreach (var line in lines) output.WriteLine($"  {line}");
    }

    private static long Rows(PlanPreview forecast, string split) => forecast.Tasks.SelectMany(task => task.Slices).Where(slice => slice.Output == split).Sum(slice => slice.AtMost);
}
