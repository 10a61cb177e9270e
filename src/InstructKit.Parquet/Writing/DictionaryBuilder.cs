namespace InstructKit.Parquet.Writing;

/// <summary>Numbers the distinct values of a column in the order in which they are first seen.</summary>
internal sealed class DictionaryBuilder
{
    private readonly Utf8Output _bytes = new();
    private int[] _starts = new int[256];
    private int[] _table = new int[512];

    /// <summary>Number of distinct values.</summary>
    public int Count { get; private set; }

    public int ByteCount => _bytes.Length;

    public void Clear()
    {
        Count = 0;
        _bytes.Length = 0;
        Array.Clear(_table);
    }

    public ReadOnlySpan<byte> Value(int index) => _bytes.Written[_starts[index]..(index + 1 < Count ? _starts[index + 1] : _bytes.Length)];

    public int Add(ReadOnlySpan<byte> value)
    {
        if (Count * 2 >= _table.Length) Grow();

        var slot = Find(value);
        if (_table[slot] == 0)
        {
            if (Count == _starts.Length) Array.Resize(ref _starts, Count * 2);

            _starts[Count] = _bytes.Length;
            _bytes.AppendRaw(value);
            _table[slot] = ++Count;
        }

        return _table[slot] - 1;
    }

    // The hash differs from run to run and determines only the slot.
    private int Find(ReadOnlySpan<byte> value)
    {
        var hash = default(HashCode);
        hash.AddBytes(value);
        var slot = hash.ToHashCode() & (_table.Length - 1);
        while (_table[slot] != 0 && !Value(_table[slot] - 1).SequenceEqual(value)) slot = (slot + 1) & (_table.Length - 1);

        return slot;
    }

    private void Grow()
    {
        _table = new int[_table.Length * 2];
        for (var i = 0; i < Count; i++) _table[Find(Value(i))] = i + 1;
    }
}
