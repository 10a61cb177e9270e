using System.Buffers.Binary;

namespace InstructKit.Parquet.Writing;

/// <summary>Numbers the distinct values of a column in the order in which they are first seen.</summary>
/// <param name="areNumbers">True when every value has eight bytes.</param>
internal sealed class DictionaryBuilder(bool areNumbers)
{
    private static readonly ulong Multiplier = ((ulong)HashCode.Combine(1) << 32) | (uint)HashCode.Combine(2) | 1;

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

    private int Find(ReadOnlySpan<byte> value)
    {
        var slot = Hash(value) & (_table.Length - 1);
        while (_table[slot] != 0 && !IsAt(_table[slot] - 1, value)) slot = (slot + 1) & (_table.Length - 1);

        return slot;
    }

    private bool IsAt(int index, ReadOnlySpan<byte> value) => areNumbers
        ? BinaryPrimitives.ReadUInt64LittleEndian(value) == BinaryPrimitives.ReadUInt64LittleEndian(_bytes.Written[(index * sizeof(ulong))..])
        : Value(index).SequenceEqual(value);

    // It differs from run to run and decides on nothing but the slot. Numbers take one multiplication (Dietzfelbinger et al. 1997).
    private int Hash(ReadOnlySpan<byte> value)
    {
        if (areNumbers) return (int)((BinaryPrimitives.ReadUInt64LittleEndian(value) * Multiplier) >> 32);

        var hash = default(HashCode);
        hash.AddBytes(value);
        return hash.ToHashCode();
    }

    private void Grow()
    {
        _table = new int[_table.Length * 2];
        for (var i = 0; i < Count; i++) _table[Find(Value(i))] = i + 1;
    }
}
