namespace InstructKit.Sinks;

/// <summary>Where each record of a block ends, and its key for shuffling. One worker owns a block and reuses it.</summary>
public sealed class RecordIndex
{
    private (int End, ulong Key)[] _records = new (int, ulong)[256];

    /// <summary>Number of records.</summary>
    public int Count { get; private set; }

    /// <summary>Offset in the block at which a record begins.</summary>
    public int Start(int record) => record == 0 ? 0 : _records[record - 1].End;

    /// <summary>Offset at which a record ends.</summary>
    public int End(int record) => _records[record].End;

    /// <summary>A record's key for shuffling.</summary>
    public ulong Key(int record) => _records[record].Key;

    /// <summary>Empties the block.</summary>
    public void Reset() => Count = 0;

    /// <summary>Adds the record that ends at <paramref name="end"/>.</summary>
    public void Add(int end, ulong key)
    {
        if (Count == _records.Length) Array.Resize(ref _records, Count * 2);
        _records[Count++] = (end, key);
    }
}

/// <summary>Concatenated encoded records, with their ends. Reused.</summary>
/// <param name="capacity">Initial size, in bytes.</param>
internal sealed class RecordStream(int capacity)
{
    /// <summary>The records.</summary>
    public Utf8Output Output { get; } = new(capacity);

    /// <summary>Where they end.</summary>
    public RecordIndex Index { get; } = new();

    /// <summary>Adds a record. False if it does not fit into the initial size in addition to those held.</summary>
    public bool TryAdd(ulong key, ReadOnlySpan<byte> record)
    {
        if (Output.Length > 0 && Output.Length + record.Length > capacity) return false;

        Add(key, record);
        return true;
    }

    /// <summary>Copies a record of another stream.</summary>
    public void Take(RecordStream other, int record) => Add(other.Index.Key(record), other.Output.Written[other.Index.Start(record)..other.Index.End(record)]);

    /// <summary>Discards what was written after the last record.</summary>
    public void RollBack() => Output.Length = Index.Count > 0 ? Index.End(Index.Count - 1) : 0;

    /// <summary>Empties it.</summary>
    public void Reset()
    {
        Output.Length = 0;
        Index.Reset();
    }

    private void Add(ulong key, ReadOnlySpan<byte> record)
    {
        Output.AppendRaw(record);
        Index.Add(Output.Length, key);
    }
}
