using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Sinks;

/// <summary>The lines of a bucket in key order. Reused for all buckets; long lines are read one at a time, on request.</summary>
internal sealed class SortedBucket
{
    private byte[] _bytes = [];
    private ulong[] _keys = new ulong[256];
    private int[] _order = new int[256];
    private int[] _starts = new int[256]; // of a long line: the complement of its number
    private List<LongLine> _long = [];
    private SafeFileHandle? _spill;
    private byte[] _line = [];

    /// <summary>Number of lines.</summary>
    public int Count { get; private set; }

    /// <summary>Key of the n-th line.</summary>
    public ulong Key(int n) => _keys[n];

    /// <summary>The n-th line; valid until the next one is requested.</summary>
    public ReadOnlySpan<byte> Line(int n)
    {
        var start = _starts[_order[n]];
        if (start < 0) return LongLineAt(_long[~start]);

        return _bytes.AsSpan(start, BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(start - sizeof(int))));
    }

    /// <summary>Loads a bucket and sorts it; lines of equal keys keep the order of arrival.</summary>
    public void Load(ShuffleBucket bucket, SafeFileHandle? spill)
    {
        _spill = spill;
        _long = bucket.LongLines;
        bucket.Load(spill, ref _bytes);
        Count = bucket.Count;
        if (Count > _keys.Length)
        {
            var capacity = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Count);
            (_keys, _order, _starts) = (new ulong[capacity], new int[capacity], new int[capacity]);
        }

        for (int arrival = 0, at = 0, number = 0; arrival < Count; arrival++)
        {
            _order[arrival] = arrival;
            if (number < _long.Count && _long[number].Arrival == arrival)
            {
                _keys[arrival] = _long[number].Key;
                _starts[arrival] = ~number++;
                continue;
            }

            _keys[arrival] = BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(at));
            _starts[arrival] = at + ShuffleBucket.Header;
            at += ShuffleBucket.Header + BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at + sizeof(ulong)));
        }

        Array.Sort(_keys, _order, 0, Count);
        for (var from = 0; from < Count;)
        {
            // The sort is not stable; equal keys practically never occur.
            var to = from + 1;
            while (to < Count && _keys[to] == _keys[from]) to++;

            if (to - from > 1) Array.Sort(_order, from, to - from);

            from = to;
        }
    }

    private ReadOnlySpan<byte> LongLineAt(LongLine line)
    {
        if (_line.Length < line.Length) _line = GC.AllocateUninitializedArray<byte>(line.Length + (line.Length >> 3));

        ShuffleBucket.Read(_spill!, line.Offset, _line.AsSpan(0, line.Length));
        return _line.AsSpan(0, line.Length);
    }
}
