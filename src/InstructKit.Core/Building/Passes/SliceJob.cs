using InstructKit.Building.EvaluationOutput;
using InstructKit.Building.Selection;
using InstructKit.Building.Slices;
using InstructKit.Examples;
using InstructKit.Formats.Training;
using InstructKit.Protocol;

namespace InstructKit.Building.Passes;

/// <summary>One slice of a task to be written to one output split: its rows, templates, destinations and counts.</summary>
internal sealed class SliceJob
{
    private const long MaxRepeatedBytes = 8 << 20;
    private readonly Queue<ShotNote> _lastShots = new();

    private readonly List<int> _heldTemplates = [];
    private readonly List<LostPart> _heldLosses = [];
    private readonly List<LengthNote> _heldLengths = [];
    private RowSet _population = null!; // with the window
    private long _target;
    private long _usedBefore;
    private long _usable;

    /// <summary>Positions of the slice.</summary>
    public required RowSet Range { get; init; }

    /// <summary>The order of the positions.</summary>
    public required SplitOrder Order { get; init; }

    /// <summary>The part taken by the current pass.</summary>
    public SliceWindow Window { get; private set; } = null!; // begun before the first pass

    /// <summary>Ranges of slices that take precedence for a row.</summary>
    public required RowSet[] Preceding { get; init; }

    /// <summary>Maximum number of distinct rows to select.</summary>
    public required long Cap { get; init; }

    /// <summary>Rows requested by the mixture, including repeated ones; <see cref="long.MaxValue"/> for each row once.</summary>
    public long Wanted { get; init; } = long.MaxValue;

    /// <summary>Maximum number of uses of a row.</summary>
    public long MaxRepeats { get; init; } = 1;

    /// <summary>Number of earlier uses of this pass's rows.</summary>
    public long Round { get; private set; }

    /// <summary>Number of uses of each row in this pass.</summary>
    public long Rounds { get; private set; } = 1;

    /// <summary>Templates in use, by index in the task.</summary>
    public required int[] Templates { get; init; }

    /// <summary>Draws the template of a row where the rate of inverted ones is given; null to draw from all alike.</summary>
    public InversionDraw? Inversion { get; init; }

    /// <summary>Origin of the examples of each template, by index in the task.</summary>
    public required ExampleOrigin[] Origins { get; init; }

    /// <summary>How rows get templates.</summary>
    public required TemplateAssignment Assign { get; init; }

    /// <summary>How rows are asked.</summary>
    public required Asking Asking { get; init; }

    /// <summary>True to render texts as the insides of JSON strings.</summary>
    public required bool IsEscaped { get; init; }

    /// <summary>True when the examples only go into evaluation sets: their rows are counted in the plan's own variant.</summary>
    public bool IsBeside => Outputs.Length == 0;

    /// <summary>Evaluation sets that also receive the examples; null for none.</summary>
    public EvaluationJob? Evaluation { get; init; }

    /// <summary>True for slices whose rows must not be held-out rows.</summary>
    public bool IsScreened { get; init; }

    /// <summary>Where the exemplars come from; null when examples get none.</summary>
    public ExemplarSource? Shots { get; init; }

    /// <summary>How examples are measured; null when they are not.</summary>
    public TrainerView? View { get; init; }

    /// <summary>Length limits of the examples.</summary>
    public FitRules Rules { get; init; } = new();

    /// <summary>The output formats of the examples.</summary>
    public required SliceOutput[] Outputs { get; init; }

    /// <summary>Canonical columns that are carried along, by index; -1 for one missing in the task.</summary>
    public int[] CarriedColumns { get; init; } = [];

    /// <summary>True when options and answers must be computed.</summary>
    public bool NeedsAnswers => Evaluation is not null || Outputs.Any(output => output.Layout.NeedsAnswers);

    /// <summary>The counts; only accessed in input order.</summary>
    public required SliceCounts Counts { get; init; }

    /// <summary>Rows that kept their place in the round-robin order; only accessed in input order.</summary>
    public long Positions { get; set; }

    /// <summary>Rows that the pass may still select. If groups stay whole, only the window decides: a group may be larger than the cap.</summary>
    public long Room => Window.KeepsGroups ? long.MaxValue : Missing;

    private long Missing => _target - Used;

    private long Used => Counts.Selected + Counts.Repeated + _heldTemplates.Count;

    /// <summary>Writes the records of the first selected rows, in the order of the input.</summary>
    public void Take(SliceResult result, int rows)
    {
        var count = result.RecordsOf(rows);
        CountShots(result.Shots, count);
        if (Assign != TemplateAssignment.RoundRobin)
        {
            Write(result, 0, count, rows);
            Evaluation?.Write(result.Evaluation!, result.Templates, 0, count); // created if there are sets
            return;
        }

        // Whole groups only: every template once. The rest of the last group waits for more rows.
        var from = 0;
        while (_heldTemplates.Count > 0 && from < count)
        {
            Hold(result, from++);
            if (_heldTemplates.Count == Templates.Length) WriteHeld();
        }

        var whole = (count - from) / Templates.Length * Templates.Length;
        Write(result, from, from + whole, whole);
        for (var i = from + whole; i < count; i++) Hold(result, i);
    }

    /// <summary>Counts the repaired rows of a batch.</summary>
    /// <param name="chunk">The chunk with the batch.</param>
    /// <param name="from">First row to count.</param>
    /// <param name="to">Row after the last one.</param>
    public void CountRepairs(SplitChunk chunk, int from, int to)
    {
        foreach (var (row, repairs) in chunk.Batch.Repairs)
        {
            if (row >= from && row < to && Window.Takes(chunk.PositionOf(row))) Counts.Repaired.Add(repairs);
        }
    }

    /// <summary>True when the pass has all its rows.</summary>
    public bool IsFull { get; set; }

    /// <summary>One past the number of the last row read.</summary>
    public long Last { get; set; }

    /// <summary>Starts the first pass.</summary>
    public void Begin()
    {
        _population = Range;
        _target = Math.Min(Cap, Wanted);
        Window = new SliceWindow(Range, Order, _target, keepsGroups: Wanted >= Cap);
    }

    /// <summary>Prepares for another pass; false when none is needed.</summary>
    /// <param name="bytes">Approximate size of the rows in bytes, at most that of a chunk.</param>
    public bool Continue(int bytes)
    {
        if (!IsFull && Missing > 0 && Window.Extend(Missing)) return true;

        if (Round == 0)
        {
            var end = !Order.IsSource ? Window.Until : IsFull ? Last : Range.To;
            Counts.Capped = IsFull || end < Range.To;
            _usable = Used;
            _population = new RowSet(Range.Slice, [.. Range.Pieces.Select(piece => (Math.Min(piece.From, end), Math.Min(piece.To, end)))]);
        }

        return Repeat(bytes);
    }

    // Another pass over the rows, or several uses in one pass if many are requested. Ends when a round finds nothing.
    private bool Repeat(int bytes)
    {
        Round += Rounds;
        var missing = Wanted - Used;
        if (Wanted == long.MaxValue || missing <= 0 || Round >= MaxRepeats || Used == _usedBefore)
        {
            Counts.Short = Wanted == long.MaxValue ? 0 : Math.Max(0, missing);
            return false;
        }

        (_usedBefore, IsFull) = (Used, false);
        Rounds = Assign == TemplateAssignment.RoundRobin ? 1 : Math.Clamp(missing / _usable, 1, Math.Min(MaxRepeats - Round, Math.Clamp(MaxRepeatedBytes / Math.Max(1, bytes), 1, 4096)));
        _target = Wanted;
        Window = new SliceWindow(_population, Order, missing < _usable ? missing : long.MaxValue, keepsGroups: false);
        return true;
    }

    /// <summary>Ends the slice: an incomplete group is dropped and counted.</summary>
    public void Finish()
    {
        if (_heldTemplates.Count > 0)
        {
            Counts.Drop(DropReasons.IncompleteGroup, _heldTemplates.Count);
            if (Wanted < long.MaxValue) Counts.Short += _heldTemplates.Count;
        }

        if (Assign == TemplateAssignment.RoundRobin) foreach (var note in _lastShots.TakeLast(_heldTemplates.Count)) Counts.Shots?.Add(note, -1);
    }

    // An incomplete group at the end is undone, so the outcomes of that many examples are kept.
    private void CountShots(List<ShotNote> notes, int count)
    {
        if (Counts.Shots is null) return;

        for (var i = 0; i < count; i++)
        {
            Counts.Shots.Add(notes[i]);
            if (Assign != TemplateAssignment.RoundRobin) continue;

            _lastShots.Enqueue(notes[i]);
            if (_lastShots.Count > Templates.Length) _lastShots.Dequeue();
        }
    }

    private void Hold(SliceResult result, int record)
    {
        for (var i = 0; i < Outputs.Length; i++) Outputs[i].Held.Take(result.Streams[i], record);
        _heldTemplates.Add(result.Templates[record]);
        _heldLosses.AddRange(result.Losses.Where(loss => loss.Record == record));
        if (View is not null) _heldLengths.Add(result.Lengths[record]);
    }

    private void WriteHeld()
    {
        foreach (var output in Outputs)
        {
            output.Sink.Write(output.Held.Output.Written, output.Held.Index, 0, output.Held.Index.Count);
            output.Held.Reset();
        }

        Count(_heldTemplates, _heldLengths, 0, _heldTemplates.Count, _heldTemplates.Count);
        foreach (var loss in _heldLosses) Counts.Lose(Outputs[loss.Output].Format, loss.Loss);

        _heldTemplates.Clear();
        _heldLosses.Clear();
        _heldLengths.Clear();
    }

    private void Write(SliceResult result, int from, int to, int rows)
    {
        if (from == to) return;

        for (var i = 0; i < Outputs.Length; i++) Outputs[i].Sink.Write(result.Streams[i].Output.Written, result.Streams[i].Index, from, to);
        Count(result.Templates, result.Lengths, from, to, rows);
        foreach (var loss in result.Losses)
        {
            if (loss.Record >= from && loss.Record < to) Counts.Lose(Outputs[loss.Output].Format, loss.Loss);
        }
    }

    private void Count(List<int> templates, List<LengthNote> lengths, int from, int to, int rows)
    {
        if (Counts.Lengths is { } tally)
        {
            for (var i = from; i < to; i++) tally.Add(lengths[i]);
        }

        for (var i = from; i < to; i++) Counts.Templates[templates[i]]++;
        if (Round == 0) Counts.Selected += rows;
        else Counts.Repeated += rows;
    }
}
