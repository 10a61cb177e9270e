namespace InstructKit.Text;

/// <summary>Maps positions of a text with replaced sequences to those of the original.</summary>
internal sealed class RepairedText
{
    private readonly List<int> _marks = [];
    private readonly List<int> _shifts = [];

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _marks.Clear();
        _shifts.Clear();
    }

    /// <summary>Records a replaced sequence; must be called in order.</summary>
    /// <param name="at">Position of the replacement in the new text.</param>
    /// <param name="removed">Bytes that it replaces.</param>
    /// <param name="written">Length of the replacement, in bytes.</param>
    public void Add(int at, int removed, int written)
    {
        _shifts.Add((_shifts.Count == 0 ? 0 : _shifts[^1]) + removed - written);
        _marks.Add(at);
    }

    /// <summary>Position in the original text of a byte of the new text that is not within a replacement.</summary>
    public int Original(int at)
    {
        // Usually nothing was replaced.
        var before = _marks.Count == 0 ? -1 : First(at) - 1;
        return before < 0 ? at : at + _shifts[before];
    }

    /// <summary>True when a slice of the new text has a replacement in it.</summary>
    public bool IsIn(int start, int length)
    {
        var next = _marks.Count == 0 ? 0 : First(start);
        return next < _marks.Count && _marks[next] < start + length;
    }

    // Number of replacements before a position.
    private int First(int at)
    {
        var found = _marks.BinarySearch(at);
        return found < 0 ? ~found : found;
    }
}
