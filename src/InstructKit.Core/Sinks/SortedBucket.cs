using System.Buffers.Binary;

namespace InstructKit.Sinks;

/// <summary>The lines of a bucket with the order of their keys. Used again for bucket after bucket.</summary>
internal sealed class SortedBucket
{
    private byte[] _bytes = [];
    private ulong[] _keys = new ulong[256];
    private int[] _order = new int[256];
    private int[] _starts = new int[256];

    /// <summary>Number of lines.</summary>
    public int Count { get; private set; }

    /// <summary>Key of the n-th line.</summary>
    public ulong Key(int n) => _keys[n];

    /// <summary>The n-th line.</summary>
    public ReadOnlySpan<byte> Line(int n)
    {
        var start = _starts[_order[n]];
        return _bytes.AsSpan(start, BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(start - sizeof(int))));
    }

    /// <summary>Loads a bucket and sorts it; lines of equal keys keep the order of arrival.</summary>
    public void Load(ShuffleBucket bucket, Microsoft.Win32.SafeHandles.SafeFileHandle? spill)
    {
        var length = bucket.Load(spill, ref _bytes);
        Count = 0;
        for (var at = 0; at < length; Count++)
        {
            if (Count == _keys.Length)
            {
                Array.Resize(ref _keys, Count * 2);
                Array.Resize(ref _order, Count * 2);
                Array.Resize(ref _starts, Count * 2);
            }

            _keys[Count] = BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(at));
            _order[Count] = Count;
            _starts[Count] = at + ShuffleBucket.Header;
            at += ShuffleBucket.Header + BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at + sizeof(ulong)));
        }

        Array.Sort(_keys, _order, 0, Count);
        for (var from = 0; from < Count;)
        {
            // The sort is not stable; equal keys are as good as never there.
            var to = from + 1;
            while (to < Count && _keys[to] == _keys[from]) to++;

            if (to - from > 1) Array.Sort(_order, from, to - from);

            from = to;
        }
    }
}
