using System.Buffers.Binary;
using System.Numerics;
using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Metadata;

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
            // All values must be zero, and some writers omit the runs.
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
            // The last group may be truncated: count what is there.
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

            // Four bytes may always be loaded: ranges are followed by slack.
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

/// <summary>Definition or repetition levels of a page, in the hybrid or in the format's original bit-packed encoding.</summary>
internal sealed class LevelDecoder
{
    private readonly HybridDecoder? _hybrid;
    private readonly ByteRange _packed;
    private readonly int _width;
    private readonly int _maxLevel;
    private long _bit;

    public LevelDecoder(ByteRange source, int maxLevel, PageEncoding encoding)
    {
        _maxLevel = maxLevel;
        _width = WidthOf(maxLevel);
        _packed = source;
        _hybrid = encoding switch
        {
            PageEncoding.Rle => new HybridDecoder(source, _width),
            PageEncoding.BitPacked => null,
            _ => throw ParquetException.Unsupported($"levels in the encoding {encoding} are not supported"),
        };
    }

    /// <summary>Size of <paramref name="count"/> bit-packed levels, in bytes.</summary>
    public static int PackedBytes(int maxLevel, int count) => (int)((((long)count * WidthOf(maxLevel)) + 7) / 8);

    /// <summary>Fills the target and checks every level against the largest that the column can have.</summary>
    public void Read(Span<int> target)
    {
        if (_hybrid is not null) _hybrid.Read(target);
        else ReadPacked(target);

        // Not only where the bit width allows more: a run repeats a whole byte.
        if (target.ContainsAnyExceptInRange(0, _maxLevel)) throw ParquetException.Corrupt($"a level is larger than {_maxLevel}");
    }

    // Most significant bit first, unlike everything else in the format.
    private void ReadPacked(Span<int> target)
    {
        for (var i = 0; i < target.Length; i++)
        {
            var level = 0;
            for (var k = 0; k < _width; k++, _bit++) level = (level << 1) | ((_packed.Bytes[_packed.Start + (_bit >> 3)] >> (7 - (int)(_bit & 7))) & 1);

            target[i] = level;
        }
    }

    private static int WidthOf(int maxLevel) => 32 - BitOperations.LeadingZeroCount((uint)maxLevel);
}

/// <summary>RLE for BOOLEAN: the hybrid of width one after a four-byte length.</summary>
internal sealed class RleBooleanDecoder : ValueDecoder
{
    private readonly HybridDecoder _bits;
    private int[] _values = [];

    public RleBooleanDecoder(ByteRange source)
    {
        var length = source.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(source.Span);
        _bits = new HybridDecoder(source.Skip(4).Take(length), 1);
    }

    public override int Read(ValueBatch batch, int count)
    {
        if (_values.Length < count) _values = new int[batch.Capacity];

        _bits.Read(_values.AsSpan(0, count));
        for (var i = 0; i < count; i++) batch.Numbers[i] = _values[i];

        return count;
    }
}
