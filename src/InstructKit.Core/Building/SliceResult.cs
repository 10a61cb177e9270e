using InstructKit.Sinks;
using InstructKit.Text;

namespace InstructKit.Building;

/// <summary>What one worker made of one batch for one slice. Used again for every batch.</summary>
internal sealed class SliceResult
{
    private readonly List<int> _rows = [];
    private readonly List<int> _linesAfter = [];

    /// <summary>The rendered lines.</summary>
    public Utf8Output Output { get; } = new(1 << 14);

    /// <summary>Where they end.</summary>
    public LineIndex Lines { get; } = new();

    /// <summary>Template of each line, by index in the program.</summary>
    public List<int> Prompts { get; } = [];

    /// <summary>Rows that did not become examples, in order.</summary>
    public List<RowOutcome> Events { get; } = [];

    /// <summary>Rows of the batch that lie in the slice, as a half-open range of batch indices.</summary>
    public (int From, int To) Range { get; set; }

    /// <summary>Rows that became examples.</summary>
    public int Selected => _rows.Count;

    /// <summary>Empties the result.</summary>
    public void Reset()
    {
        Output.Length = 0;
        Lines.Reset();
        Prompts.Clear();
        Events.Clear();
        _rows.Clear();
        _linesAfter.Clear();
        Range = default;
    }

    /// <summary>Notes that a row became one or more lines.</summary>
    public void Select(int row)
    {
        _rows.Add(row);
        _linesAfter.Add(Lines.Count);
    }

    /// <summary>Lines of the first <paramref name="rows"/> selected rows.</summary>
    public int LinesOf(int rows) => rows == 0 ? 0 : _linesAfter[rows - 1];

    /// <summary>Batch index of a selected row.</summary>
    public int RowOf(int selected) => _rows[selected];
}
