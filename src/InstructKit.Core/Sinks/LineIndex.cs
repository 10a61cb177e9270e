namespace InstructKit.Sinks;

/// <summary>Rendered lines on their way to a sink: the bytes, and where each line ends and which key it has. One worker owns a block and uses it again.</summary>
public sealed class LineIndex
{
    private int[] _ends = new int[256];
    private ulong[] _keys = new ulong[256];

    /// <summary>Number of lines.</summary>
    public int Count { get; private set; }

    /// <summary>Offset in the bytes at which a line begins.</summary>
    public int Start(int line) => line == 0 ? 0 : _ends[line - 1];

    /// <summary>Offset behind a line's line feed.</summary>
    public int End(int line) => _ends[line];

    /// <summary>The line's key for shuffling.</summary>
    public ulong Key(int line) => _keys[line];

    /// <summary>Empties the block.</summary>
    public void Reset() => Count = 0;

    /// <summary>Notes that a line ends at <paramref name="end"/>.</summary>
    public void Add(int end, ulong key)
    {
        if (Count == _ends.Length)
        {
            Array.Resize(ref _ends, Count * 2);
            Array.Resize(ref _keys, Count * 2);
        }

        _ends[Count] = end;
        _keys[Count] = key;
        Count++;
    }
}
