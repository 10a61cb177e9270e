using InstructKit.Examples;
using InstructKit.Sources;

namespace InstructKit.Building.Passes;

/// <summary>What became of the rows of one slice of a task. All counts are of rows but <see cref="Examples"/>.</summary>
public sealed class SliceCounts
{
    private readonly SortedDictionary<string, long> _dropped = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _skipped = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _lost = new(StringComparer.Ordinal);

    /// <summary>True when the plan's most rows were reached; rows behind are neither read nor counted.</summary>
    public bool Capped { get; set; }

    /// <summary>Rows of the source split that lie in the slice and were looked at: selected, dropped and rejected ones.</summary>
    public long Read { get; set; }

    /// <summary>Rows that were used.</summary>
    public long Selected { get; set; }

    /// <summary>Further uses of selected rows: epochs behind the first round through the rows, and draws of more rows than there are.</summary>
    public long Repeated { get; set; }

    /// <summary>Rows that the mixture wants and the slice does not have.</summary>
    public long Short { get; set; }

    /// <summary>Rows that could not be used and went to the reject file.</summary>
    public long Rejected { get; set; }

    /// <summary>Rows among <see cref="Read"/> in which an error was repaired because the task, the plan or an option allows it.</summary>
    public RepairCounts Repaired { get; } = new();

    /// <summary>Examples written: rows times templates.</summary>
    public long Examples => Templates.Sum();

    /// <summary>Examples by template, in the order of the task's templates.</summary>
    public long[] Templates { get; init; } = [];

    /// <summary>What became of the exemplars; null when the slice has none.</summary>
    public ShotCounts? Shots { get; init; }

    /// <summary>Lengths of the examples; null where they are not measured.</summary>
    public LengthTally? Lengths { get; init; }

    /// <summary>Rows dropped by reason, ordinal order.</summary>
    public IReadOnlyDictionary<string, long> Dropped => _dropped;

    /// <summary>Examples that were not made of rows that others were made of, by reason or fault code, ordinal order.</summary>
    public IReadOnlyDictionary<string, long> SkippedTemplates => _skipped;

    /// <summary>Examples of which a format does not hold everything, by format and what is missing, as in <c>t5-tsv: line_breaks</c>; ordinal order.</summary>
    public IReadOnlyDictionary<string, long> Lost => _lost;

    /// <summary>Counts what a record does not hold.</summary>
    internal void Lose(string format, ExampleLoss losses)
    {
        foreach (var name in ExampleLosses.NamesOf(losses)) _lost[$"{format}: {name}"] = _lost.GetValueOrDefault($"{format}: {name}") + 1;
    }

    /// <summary>Counts a template that made nothing of a row.</summary>
    public void SkipTemplate(string reason) => _skipped[reason] = _skipped.GetValueOrDefault(reason) + 1;

    /// <summary>Counts a drop.</summary>
    public void Drop(string reason, long rows = 1) => _dropped[reason] = _dropped.GetValueOrDefault(reason) + rows;
}
