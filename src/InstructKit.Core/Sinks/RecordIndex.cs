namespace InstructKit.Sinks;

/// <summary>Where each record of a block ends, and its key for shuffling. One worker owns a block and uses it again.</summary>
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

/// <summary>Records in their final order on their way to a sink. Used again and again.</summary>
/// <param name="capacity">Bytes to hold; one larger record is held too.</param>
internal sealed class RecordBuffer(int capacity)
{
    private byte[] _bytes = new byte[capacity];
    private int _used;

    /// <summary>The records, one after the other.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _used);

    /// <summary>Where they end.</summary>
    public RecordIndex Index { get; } = new();

    /// <summary>Takes a record. False when it does not fit beside what is held.</summary>
    public bool TryAdd(ulong key, ReadOnlySpan<byte> record)
    {
        if (_used + record.Length > _bytes.Length)
        {
            if (_used > 0) return false;

            _bytes = new byte[record.Length];
        }

        record.CopyTo(_bytes.AsSpan(_used));
        _used += record.Length;
        Index.Add(_used, key);
        return true;
    }

    /// <summary>Empties the buffer.</summary>
    public void Reset()
    {
        _used = 0;
        Index.Reset();
    }
}
