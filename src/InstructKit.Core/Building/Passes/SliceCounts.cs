using InstructKit.Examples;
using InstructKit.Sources;

namespace InstructKit.Building.Passes;

/// <summary>Outcome of the rows of one slice of a task. All counts are of rows except <see cref="Examples"/>.</summary>
public sealed class SliceCounts
{
    private readonly SortedDictionary<string, long> _dropped = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _skipped = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _lost = new(StringComparer.Ordinal);

    /// <summary>True when the plan's maximum was reached; later rows are neither read nor counted.</summary>
    public bool Capped { get; set; }

    /// <summary>Rows of the source split that are in the slice and were read: selected, dropped and rejected ones.</summary>
    public long Read { get; set; }

    /// <summary>Rows used.</summary>
    public long Selected { get; set; }

    /// <summary>Further uses of selected rows: epochs after the first, and draws of more rows than there are.</summary>
    public long Repeated { get; set; }

    /// <summary>Rows requested by the mixture that the slice lacks.</summary>
    public long Short { get; set; }

    /// <summary>Unusable rows, which went to the reject file.</summary>
    public long Rejected { get; set; }

    /// <summary>Rows among <see cref="Read"/> in which an error was repaired because the task, the plan or an option allows it.</summary>
    public RepairCounts Repaired { get; } = new();

    /// <summary>Examples written: rows times templates.</summary>
    public long Examples => Templates.Sum();

    /// <summary>Examples by template, in the order of the task's templates.</summary>
    public long[] Templates { get; init; } = [];

    /// <summary>Counts of exemplars; null when the slice has none.</summary>
    public ShotCounts? Shots { get; init; }

    /// <summary>Lengths of the examples; null where they are not measured.</summary>
    public LengthTally? Lengths { get; init; }

    /// <summary>Rows dropped by reason, ordinal order.</summary>
    public IReadOnlyDictionary<string, long> Dropped => _dropped;

    /// <summary>Examples skipped for rows that yielded others, by reason or fault code, ordinal order.</summary>
    public IReadOnlyDictionary<string, long> SkippedTemplates => _skipped;

    /// <summary>Examples that a format cannot store completely, by format and what is missing, as in <c>t5-tsv: line_breaks</c>; ordinal order.</summary>
    public IReadOnlyDictionary<string, long> Lost => _lost;

    /// <summary>Counts a loss of a record.</summary>
    internal void Lose(string format, ExampleLoss losses)
    {
        foreach (var name in ExampleLosses.NamesOf(losses)) _lost[$"{format}: {name}"] = _lost.GetValueOrDefault($"{format}: {name}") + 1;
    }

    /// <summary>Counts a template that yielded nothing for a row.</summary>
    public void SkipTemplate(string reason) => _skipped[reason] = _skipped.GetValueOrDefault(reason) + 1;

    /// <summary>Counts a drop.</summary>
    public void Drop(string reason, long rows = 1) => _dropped[reason] = _dropped.GetValueOrDefault(reason) + rows;
}
