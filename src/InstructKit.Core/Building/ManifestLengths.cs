using System.Text.Json.Serialization;
using InstructKit.Building.Passes;
using InstructKit.Building.Selection;
using InstructKit.Examples;
using InstructKit.Lengths;

namespace InstructKit.Building;

/// <summary>How lengths are counted.</summary>
/// <param name="Unit"><c>tokens</c> or <c>words</c>.</param>
/// <param name="Tokenizer">The tokenizer: a built-in name or the name of a file; null for words.</param>
/// <param name="Format">The format whose text is measured.</param>
/// <param name="ChatTemplate">True when a chat template produces the text.</param>
/// <param name="EndToken">True when an end token that is not in the text is counted with the target.</param>
public sealed record ManifestUnit(string Unit, string? Tokenizer, string Format, bool ChatTemplate, bool EndToken)
{
    /// <summary>True when ids can differ from those of the reference implementation on rare texts; omitted for exact tokenizers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Approximate { get; init; }

    internal static ManifestUnit? Of(BuildReport report) => report.View is { } view ? Of(report.Resolved, view) : null;

    internal static ManifestUnit Of(ResolvedPlan resolved, TrainerView view) => new(
        view.Meter.Unit, view.Meter.Tokenizer is { } tokenizer ? Path.GetFileName(tokenizer.Name) : null, resolved.Outputs[0].Format.Name, view.Meter.Template is not null, view.Meter.HasEnd)
    {
        Approximate = view.Meter.Tokenizer is { IsApproximate: true },
    };
}

/// <summary>Lengths of the examples of a slice.</summary>
/// <param name="Input">The model's input.</param>
/// <param name="Target">The part trained on.</param>
/// <param name="Total">Both together.</param>
public sealed record ManifestLengths(ManifestDistribution Input, ManifestDistribution Target, ManifestDistribution Total)
{
    /// <summary>Examples truncated at the end to fit into a packed sequence; omitted if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long PackCut { get; init; }

    /// <summary>Examples in whose input a text was shortened to fit into the budget; omitted if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long InputCut { get; init; }

    /// <summary>Examples whose target was shortened to fit into the budget; omitted if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long TargetCut { get; init; }

    /// <summary>Examples that exceed the budget but were kept; omitted if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Over { get; init; }

    internal static ManifestLengths Of(LengthTally tally) =>
        new(ManifestDistribution.Of(tally.Input), ManifestDistribution.Of(tally.Target), ManifestDistribution.Of(tally.Total)) { PackCut = tally.PackCut, InputCut = tally.InputCut, TargetCut = tally.TargetCut, Over = tally.Over };
}

/// <summary>A distribution of lengths: quantiles by nearest rank, and a histogram with powers of two.</summary>
/// <param name="Count">Number of lengths.</param>
/// <param name="Sum">Their sum.</param>
/// <param name="Mean">Their mean, two decimals.</param>
/// <param name="Min">The smallest.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">90th percentile.</param>
/// <param name="P95">95th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="Max">The largest.</param>
/// <param name="Histogram">Number of lengths in each bin, keyed by the bin's largest length, a power of two.</param>
public sealed record ManifestDistribution(long Count, long Sum, decimal Mean, int Min, int P50, int P90, int P95, int P99, int Max, IReadOnlyDictionary<string, long> Histogram)
{
    internal static ManifestDistribution Of(LengthStatistics lengths) => new(
        lengths.Count, lengths.Sum, Math.Round((decimal)lengths.Mean, 2), lengths.Quantile(0), lengths.Quantile(0.5), lengths.Quantile(0.9), lengths.Quantile(0.95), lengths.Quantile(0.99), lengths.Quantile(1),
        Manifest.Ordered(lengths.Histogram().Select(bin => (bin.UpTo.ToString(CultureInfo.InvariantCulture), bin.Count))));
}

/// <summary>Lengths of the examples of a task in a split.</summary>
/// <param name="Task">The task; null for all tasks.</param>
/// <param name="Split">The output split.</param>
internal sealed record LengthRow(string? Task, string Split, LengthTally Tally)
{
    /// <summary>Column headings of a table of lengths.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["split", "task", "examples", "input p50", "p95", "max", "target p50", "p95", "max", "total p50", "p95", "p99", "max", "total: number up to"];

    /// <summary>The cells of the table.</summary>
    public IReadOnlyList<string> Cells =>
    [
        Split,
        Task ?? "all",
        Number(Tally.Total.Count),
        Number(Tally.Input.Quantile(0.5)), Number(Tally.Input.Quantile(0.95)), Number(Tally.Input.Quantile(1)),
        Number(Tally.Target.Quantile(0.5)), Number(Tally.Target.Quantile(0.95)), Number(Tally.Target.Quantile(1)),
        Number(Tally.Total.Quantile(0.5)), Number(Tally.Total.Quantile(0.95)), Number(Tally.Total.Quantile(0.99)), Number(Tally.Total.Quantile(1)),
        string.Join(' ', Tally.Total.Histogram().Select(bin => $"{Number(bin.UpTo)}:{Number(bin.Count)}")),
    ];

    /// <summary>The lengths of built tasks that have examples.</summary>
    public static IReadOnlyList<LengthRow> Of(IEnumerable<BuiltTask> tasks) =>
        [.. tasks.SelectMany(task => task.Slices.Where(slice => slice.Counts.Lengths is { Total.Count: > 0 }).Select(slice => new LengthRow(task.Task.Task.Key, slice.Split, slice.Counts.Lengths!)))]; // filtered before

    /// <summary>The rows, with a total over all tasks after those of each split that has several.</summary>
    public static IEnumerable<LengthRow> WithTotals(IReadOnlyList<LengthRow> rows)
    {
        foreach (var split in OutputSplit.All)
        {
            List<LengthRow> own = [.. rows.Where(row => row.Split == split)];
            foreach (var row in own) yield return row;
            if (own.Count < 2) continue;

            var all = new LengthTally();
            foreach (var row in own) all.Add(row.Tally);
            yield return new LengthRow(null, split, all);
        }
    }

    /// <summary>One sentence on what the lengths measure.</summary>
    public static string Describe(ManifestUnit unit) =>
        $"Lengths in {unit.Unit}{(unit.Tokenizer is null ? " (no tokenizer)" : $" of {unit.Tokenizer}{(unit.Approximate ? " (approximate)" : string.Empty)}")}, of the text of '{unit.Format}'{(unit.ChatTemplate ? " under the chat template" : string.Empty)}{(unit.EndToken ? ", with the token that ends it" : string.Empty)}.";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Effect of the maximum lengths in a split.</summary>
internal static class BudgetText
{
    private static readonly string[] Reasons = [DropReasons.InputTooLong, DropReasons.TargetTooLong, DropReasons.TotalTooLong];

    /// <summary>One line for each split with an example that is too long; empty without a maximum.</summary>
    /// <param name="unit">Unit of the lengths.</param>
    /// <param name="tasks">Results of the tasks.</param>
    public static IEnumerable<string> Lines(ResolvedPlan resolved, string unit, IReadOnlyList<BuiltTask> tasks)
    {
        var budget = resolved.Plan.Budget;
        if (!budget.IsUsed) yield break;

        string[] limits = [.. ((ReadOnlySpan<(string Name, int? Most)>)[("max_input", budget.MaxInput), ("max_target", budget.MaxTarget), ("max_total", budget.MaxTotal)]).ToArray().Where(limit => limit.Most is not null).Select(limit => $"{limit.Name} {Number(limit.Most!.Value)}")]; // filtered before
        foreach (var split in OutputSplit.All)
        {
            List<SliceCounts> slices = [.. tasks.SelectMany(task => task.Slices).Where(slice => slice.Split == split).Select(slice => slice.Counts)];
            List<string> parts = [];
            Add(parts, slices.Sum(counts => counts.Lengths?.InputCut ?? 0), "input cut", "inputs cut");
            Add(parts, slices.Sum(counts => counts.Lengths?.TargetCut ?? 0), "target cut", "targets cut");
            Add(parts, slices.Sum(counts => counts.Lengths?.Over ?? 0), "longer example kept", "longer examples kept");
            foreach (var reason in Reasons)
            {
                Add(parts, slices.Sum(counts => counts.Dropped.GetValueOrDefault(reason)), $"row dropped as {reason}", $"rows dropped as {reason}");
                Add(parts, slices.Sum(counts => counts.SkippedTemplates.GetValueOrDefault(reason)), $"example left out as {reason}", $"examples left out as {reason}");
            }

            if (parts.Count > 0) yield return $"Budget ({string.Join(", ", limits)} {unit}), {split}: {string.Join("; ", parts)}.";
        }
    }

    private static void Add(List<string> parts, long count, string one, string many)
    {
        if (count > 0) parts.Add($"{Number(count)} {(count == 1 ? one : many)}");
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
