using System.Buffers.Binary;

namespace InstructKit.Parquet.Encodings;

/// <summary>
/// DELTA_BINARY_PACKED: blocks of bit-packed differences. Reads a few values at a time; a block may declare any number of values without
/// taking memory.
/// </summary>
internal sealed class DeltaBinaryPackedDecoder : ValueDecoder
{
    private const int MaxMiniblocks = 1 << 16;

    private readonly ByteRange _source;
    private readonly bool _is32Bit;
    private readonly long _miniblockValues;
    private readonly int _miniblockCount;
    private readonly ulong _total;
    private readonly long _first;
    private ulong _read;
    private int _next;
    private int _widths;
    private int _miniblock;
    private long _miniblockLeft;
    private long _minDelta;
    private int _width;
    private long _bit;
    private int _miniblockEnd;
    private long _value;

    public DeltaBinaryPackedDecoder(ByteRange source, bool is32Bit)
    {
        _source = source;
        _is32Bit = is32Bit;
        _next = source.Start;
        var block = ReadVarint();
        var miniblocks = ReadVarint();
        _total = ReadVarint();
        _first = Unzigzag(ReadVarint());
        if (miniblocks is 0 or > MaxMiniblocks || block is 0 or > int.MaxValue || block % miniblocks != 0 || block / miniblocks % 8 != 0)
            throw ParquetException.Corrupt($"{block} values in {miniblocks} miniblocks is no layout of DELTA_BINARY_PACKED");

        _miniblockCount = (int)miniblocks;
        _miniblockValues = (long)(block / miniblocks);
        _miniblock = _miniblockCount;
        _miniblockEnd = _next;
    }

    /// <summary>Values that the header declares.</summary>
    public ulong Total => _total;

    public override int Read(ValueBatch batch, int count)
    {
        Read(batch.Numbers.AsSpan(0, count));
        return count;
    }

    /// <summary>Fills the target.</summary>
    public void Read(Span<long> target)
    {
        if ((ulong)target.Length > _total - _read) throw TooFew();

        var i = 0;
        if (_read == 0 && target.Length > 0)
        {
            _value = _first;
            target[i++] = _value;
            _read = 1;
        }

        while (i < target.Length)
        {
            if (_miniblockLeft == 0) NextMiniblock();

            var run = target[i..(int)Math.Min(target.Length, i + _miniblockLeft)];
            Unpack(run);
            _miniblockLeft -= run.Length;
            _read += (ulong)run.Length;
            i += run.Length;
        }
    }

    /// <summary>Passes over the values that are left and tells where the bytes behind them begin.</summary>
    public ByteRange SkipToEnd()
    {
        Span<long> scratch = stackalloc long[256];
        while (_read < _total) Read(scratch[..(int)Math.Min((ulong)scratch.Length, _total - _read)]);

        return _source.Skip(_miniblockEnd - _source.Start);
    }

    private void NextMiniblock()
    {
        _next = _miniblockEnd;
        if (_miniblock == _miniblockCount)
        {
            _minDelta = Unzigzag(ReadVarint());
            _widths = _next;
            if (_miniblockCount > _source.End - _next) throw TooFew();

            _next += _miniblockCount;
            _miniblock = 0;
        }

        _width = _source.Bytes[_widths + _miniblock++];
        var bytes = _miniblockValues / 8 * _width;
        if (_width > 64) throw ParquetException.Corrupt($"a bit width of {_width} does not exist");

        // Only the last miniblock may be cut short, by writers that do not pad it.
        var present = Math.Min(bytes, _source.End - _next);
        _miniblockLeft = _width == 0 ? _miniblockValues : present * 8 / _width;
        if (_miniblockLeft == 0) throw TooFew();

        _bit = _next * 8L;
        _miniblockEnd = _next + (int)present;
    }

    private void Unpack(Span<long> target)
    {
        var value = _value;
        for (var i = 0; i < target.Length; i++)
        {
            value += _minDelta + (_width == 0 ? 0 : (long)ReadBits());
            if (_is32Bit) value = (int)value;

            target[i] = value;
        }

        _value = value;
    }

    // Ranges have slack behind them, so that the loads may pass the end.
    private ulong ReadBits()
    {
        var at = _source.Bytes.AsSpan((int)(_bit >> 3));
        var shift = (int)(_bit & 7);
        var value = BinaryPrimitives.ReadUInt64LittleEndian(at) >> shift;
        if (_width + shift > 64) value |= (ulong)at[8] << (64 - shift);

        _bit += _width;
        return _width == 64 ? value : value & ((1UL << _width) - 1);
    }

    private ulong ReadVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (_next >= _source.End) throw TooFew();

            var part = _source.Bytes[_next++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80) return value;
        }

        throw ParquetException.Corrupt("a variable-length integer has more than ten bytes");
    }

    private static long Unzigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
