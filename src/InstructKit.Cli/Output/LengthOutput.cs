using System.Text.Json;
using InstructKit.Building;
using InstructKit.Building.Selection;

namespace InstructKit.Cli.Output;

/// <summary>Shows lengths of examples and packing results.</summary>
internal static class LengthOutput
{
    /// <summary>Human-readable, on standard error.</summary>
    public static void Tell(BuildReport report, Terminal terminal)
    {
        if (report.Lengths.Count > 0 && !terminal.Quiet)
        {
            terminal.Say(LengthRow.Describe(ManifestUnit.Of(report)!)); // there are lengths
            Table(report.Lengths, terminal.Error);
        }

        if (report.View is { } view)
        {
            foreach (var line in BudgetText.Lines(report.Resolved, view.Meter.Unit, report.Tasks)) terminal.Say(line);
        }

        foreach (var split in report.Packed)
        {
            terminal.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"Packed {split.Split}: {split.Examples:N0} examples in {Wording.Count(split.Sequences, "sequence")} of {split.Length:N0} tokens, {100 * split.Utilisation:0.0} % filled; {split.TrainedTokens:N0} of {split.Tokens:N0} tokens are trained on."));
        }

        if (report.Resolved.Plan.Packing.Length is { } most && Sum(report.Tasks, InstructKit.Examples.DropReasons.LongerThanSequence) is > 0 and var dropped)
            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"--pack {most} dropped {Wording.Count(dropped, "example")} longer than a sequence; --pack-long cut keeps their beginnings."));
        if (report.Tasks.SelectMany(task => task.Slices).Sum(slice => slice.Counts.Lengths?.PackCut ?? 0) is > 0 and var cut) terminal.Say($"--pack-long cut the ends of {Wording.Count(cut, "example")}.");
    }

    /// <summary>The sample's estimate, human-readable.</summary>
    public static void TellSample(PlanPreview forecast, IReadOnlyList<BuiltTask> tasks, TrainerView view, TextWriter output)
    {
        var resolved = forecast.Resolved;
        var rows = LengthRow.Of(tasks);
        output.WriteLine();
        output.WriteLine($"From a sample of {Wording.Count(tasks.SelectMany(task => task.Slices).Sum(slice => slice.Counts.Read), "row")}. {LengthRow.Describe(ManifestUnit.Of(resolved, view))}");
        if (view.IsReported) Table(rows, output);
        foreach (var line in BudgetText.Lines(resolved, view.Meter.Unit, tasks)) output.WriteLine(line);
        if (resolved.Plan.Packing.Length is { } most && Sum(tasks, InstructKit.Examples.DropReasons.LongerThanSequence) is > 0 and var dropped)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"--pack {most} drops {Wording.Count(dropped, "example")} of the sample."));

        foreach (var split in forecast.Packing())
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Packing {split.Split} (an estimate): about {Wording.Count(split.Sequences, "sequence")}, {100 * split.Utilisation:0.0} % filled."));

        output.WriteLine();
    }

    /// <summary>The sample's estimate, as a member of the plan's document.</summary>
    public static void WriteSample(Utf8JsonWriter json, PlanPreview forecast, IReadOnlyList<BuiltTask> tasks, TrainerView view) => json.Object("sample", () =>
    {
        json.Put("lengths", ManifestUnit.Of(forecast.Resolved, view), ManifestJson.Relaxed.ManifestUnit);
        json.Objects("slices", tasks.SelectMany(task => task.Slices.Select(slice => (task.Task.Task.Key, Slice: slice))), one =>
        {
            json.Put("task", one.Key).Put("output", one.Slice.Split).Put("read", one.Slice.Counts.Read).Put("examples", one.Slice.Counts.Examples).Put("dropped", one.Slice.Counts.Dropped);
            if (one.Slice.Counts.Lengths is { } lengths) json.Put("lengths", ManifestLengths.Of(lengths), ManifestJson.Relaxed.ManifestLengths);
        });
        if (forecast.Resolved.Plan.Packing.Length is not null)
            json.Objects("packing", forecast.Packing(), split => json.Put("split", split.Split).Put("sequences", split.Sequences).Put("utilisation", Math.Round(split.Utilisation, 6)));
    });

    public static void Table(IReadOnlyList<LengthRow> rows, TextWriter output) => TextTable.Write(
        output, [.. LengthRow.Columns.Select((name, i) => new TableColumn(name, i > 1 && i < LengthRow.Columns.Count - 1))], LengthRow.WithTotals(rows).Select(row => row.Cells));

    /// <summary>The unit of lengths and the packing results, as members of the summary.</summary>
    public static void WriteJson(Utf8JsonWriter json, BuildReport report)
    {
        if (ManifestUnit.Of(report) is { } unit) json.Put("lengths", unit, ManifestJson.Relaxed.ManifestUnit);
        if (report.Packed.Count > 0) json.Put("packing", report.Packed, ManifestJson.Relaxed.IReadOnlyListPackedSplit);
    }

    private static long Sum(IReadOnlyList<BuiltTask> tasks, string reason) =>
        tasks.SelectMany(task => task.Slices).Sum(slice => slice.Counts.Dropped.GetValueOrDefault(reason) + slice.Counts.SkippedTemplates.GetValueOrDefault(reason));
}
