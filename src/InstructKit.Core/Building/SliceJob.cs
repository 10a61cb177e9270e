using InstructKit.Cells;
using InstructKit.Protocol;
using InstructKit.Sinks;
using InstructKit.Text;

namespace InstructKit.Building;

/// <summary>One slice of a task on its way to one output split: which rows, which templates, where to, and what was counted.</summary>
internal sealed class SliceJob
{
    private readonly Utf8Output _held = new();
    private readonly LineIndex _heldLines = new();
    private readonly List<int> _heldPrompts = [];

    /// <summary>Rows of the slice.</summary>
    public required RowSet Range { get; init; }

    /// <summary>Ranges whose rows are not for this slice although they lie in it.</summary>
    public required RowSet[] Yields { get; init; }

    /// <summary>Most rows to select.</summary>
    public required long Cap { get; init; }

    /// <summary>Templates by index in the task's program.</summary>
    public required int[] Prompts { get; init; }

    /// <summary>How rows get them.</summary>
    public required TemplateAssignment Assign { get; init; }

    /// <summary>Choice of templates.</summary>
    public required KeyedHash TemplateHash { get; init; }

    /// <summary>Order of the shuffle.</summary>
    public required KeyedHash ShuffleHash { get; init; }

    /// <summary>How lines are written.</summary>
    public required ExampleFormat Format { get; init; }

    /// <summary>Where lines go.</summary>
    public required ILineSink Sink { get; init; }

    /// <summary>What was counted; touched only by the worker whose turn it is.</summary>
    public required SliceCounts Counts { get; init; }

    /// <summary>Rows that kept their place in the order of round robin; touched only in turn.</summary>
    public long Positions { get; set; }

    /// <summary>Rows that may still be selected.</summary>
    public long Room => Cap - Counts.Selected - _heldLines.Count;

    /// <summary>Takes rendered lines in the order of the input.</summary>
    public void Take(ReadOnlySpan<byte> bytes, LineIndex lines, List<int> prompts, int lineCount, int rows)
    {
        if (Assign != TemplateAssignment.RoundRobin)
        {
            Write(bytes, lines, prompts, 0, lineCount, rows);
            return;
        }

        // Whole groups only: every template once. What is left of the last group waits for more rows.
        var from = 0;
        while (_heldLines.Count > 0 && from < lineCount)
        {
            Hold(bytes, lines, prompts, from++);
            if (_heldLines.Count == Prompts.Length)
            {
                Write(_held.Written, _heldLines, _heldPrompts, 0, Prompts.Length, Prompts.Length);
                _held.Length = 0;
                _heldLines.Reset();
                _heldPrompts.Clear();
            }
        }

        var whole = (lineCount - from) / Prompts.Length * Prompts.Length;
        Write(bytes, lines, prompts, from, from + whole, whole);
        for (var i = from + whole; i < lineCount; i++) Hold(bytes, lines, prompts, i);
    }

    /// <summary>Counts rows of a batch in which something was let pass.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="first">Ordinal of its first row.</param>
    /// <param name="from">First row to count.</param>
    /// <param name="to">Row behind the last one.</param>
    public void CountRepaired(RowBatch batch, long first, int from, int to)
    {
        foreach (var (row, what) in batch.Repairs)
        {
            if (row >= from && row < to && Range.Contains(first + row)) Counts.Repaired.Add(what);
        }
    }

    /// <summary>Ends the slice: an incomplete group is dropped and counted.</summary>
    public void Finish()
    {
        if (_heldLines.Count > 0) Counts.Drop(DropReasons.IncompleteGroup, _heldLines.Count);
    }

    private void Hold(ReadOnlySpan<byte> bytes, LineIndex lines, List<int> prompts, int line)
    {
        _held.AppendRaw(bytes[lines.Start(line)..lines.End(line)]);
        _heldLines.Add(_held.Length, lines.Key(line));
        _heldPrompts.Add(prompts[line]);
    }

    private void Write(ReadOnlySpan<byte> bytes, LineIndex lines, List<int> prompts, int from, int to, int rows)
    {
        if (from == to) return;

        Sink.Write(bytes, lines, from, to);
        for (var i = from; i < to; i++) Counts.Templates[prompts[i]]++;

        Counts.Selected += rows;
    }
}
