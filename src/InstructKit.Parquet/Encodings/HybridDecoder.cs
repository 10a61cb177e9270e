using System.Buffers.Binary;

namespace InstructKit.Parquet.Encodings;

/// <summary>The hybrid of run-length and bit-packed runs that levels, dictionary indices and booleans are written in.</summary>
internal sealed class HybridDecoder
{
    private readonly ByteRange _source;
    private readonly int _width;
    private int _next;
    private int _repeatsLeft;
    private int _repeated;
    private int _packedLeft;
    private long _packedBit;

    public HybridDecoder(ByteRange source, int width)
    {
        if (width is < 0 or > 32) throw ParquetException.Corrupt($"a bit width of {width} does not exist");

        _source = source;
        _width = width;
        _next = source.Start;
        if (width == 0)
        {
            // Nothing but zeros can be meant, and some writers leave out the runs.
            _repeatsLeft = int.MaxValue;
        }
    }

    /// <summary>Fills the target.</summary>
    public void Read(Span<int> target)
    {
        while (!target.IsEmpty)
        {
            int count;
            if (_repeatsLeft > 0)
            {
                count = Math.Min(target.Length, _repeatsLeft);
                target[..count].Fill(_repeated);
                _repeatsLeft -= _width == 0 ? 0 : count;
            }
            else if (_packedLeft > 0)
            {
                count = Math.Min(target.Length, _packedLeft);
                Unpack(target[..count]);
                _packedLeft -= count;
            }
            else
            {
                ReadRun();
                continue;
            }

            target = target[count..];
        }
    }

    private void ReadRun()
    {
        var head = 0UL;
        var shift = 0;
        byte part;
        do
        {
            if (_next >= _source.End || shift > 28) throw ParquetException.Corrupt("a page holds fewer levels or indices than its header says");

            part = _source.Bytes[_next++];
            head |= (ulong)(part & 0x7f) << shift;
            shift += 7;
        }
        while (part >= 0x80);

        var left = _source.End - _next;
        if ((head & 1) != 0)
        {
            // The last group may be cut: count what is there.
            var bytes = Math.Min((long)(head >> 1) * _width, left);
            _packedBit = _next * 8L;
            _packedLeft = (int)Math.Min((long)(head >> 1) * 8, bytes * 8 / _width);
            _next += (int)bytes;
            if (_packedLeft == 0 && head > 1) throw ParquetException.Corrupt("a bit-packed run ends too early");
        }
        else
        {
            var bytes = (_width + 7) / 8;
            if (bytes > left) throw ParquetException.Corrupt("a run ends too early");

            // Four bytes may always be loaded: ranges have slack behind them.
            var value = BinaryPrimitives.ReadUInt32LittleEndian(_source.Bytes.AsSpan(_next));
            _repeated = (int)(bytes == 4 ? value : value & ((1u << (8 * bytes)) - 1));
            _repeatsLeft = (int)(head >> 1);
            _next += bytes;
        }
    }

    private void Unpack(Span<int> target)
    {
        var bytes = _source.Bytes;
        var bit = _packedBit;
        var mask = (1UL << _width) - 1;
        for (var i = 0; i < target.Length; i++)
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan((int)(bit >> 3)));
            target[i] = (int)((word >> (int)(bit & 7)) & mask);
            bit += _width;
        }

        _packedBit = bit;
    }
}
