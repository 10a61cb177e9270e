using System.Buffers.Binary;
using InstructKit.Parquet.Compression;

namespace InstructKit.Parquet.Encodings;

/// <summary>DELTA_BINARY_PACKED: blocks of bit-packed differences. Reads a few values at a time; a block may declare any number of values without using
/// memory.</summary>
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
            throw ParquetException.Corrupt($"{block} values in {miniblocks} miniblocks is not a layout of DELTA_BINARY_PACKED");

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

    /// <summary>Skips the remaining values and returns where the bytes after them begin.</summary>
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

        // Only the last miniblock may be truncated, by writers that do not pad it.
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

    // Ranges are followed by slack, so the loads may read past the end.
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

/// <summary>DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. The lengths are decoded twice, once to find where the bytes begin and once to use them, so
/// they need not be stored.</summary>
internal sealed class DeltaLengthDecoder : ValueDecoder
{
    private readonly DeltaBinaryPackedDecoder _lengths;
    private readonly ByteRange _bytes;
    private int _next;

    public DeltaLengthDecoder(ByteRange source, int maxValues)
    {
        _lengths = new DeltaBinaryPackedDecoder(source, true);
        if (_lengths.Total > (ulong)maxValues) throw ParquetException.Corrupt($"a page of {maxValues} values has {_lengths.Total} lengths");

        _bytes = new DeltaBinaryPackedDecoder(source, true).SkipToEnd();
        _next = _bytes.Start;
    }

    public override int Read(ValueBatch batch, int count)
    {
        var lengths = batch.Numbers.AsSpan(0, count);
        _lengths.Read(lengths);
        batch.Bytes = _bytes.Bytes;
        for (var i = 0; i < lengths.Length; i++)
        {
            var length = lengths[i];
            if (length < 0 || length > _bytes.End - _next) throw ParquetException.Corrupt("a byte array is longer than its page");

            batch.Slices[i] = new Slice(_next, (int)length);
            _next += (int)length;
        }

        return count;
    }
}

/// <summary>DELTA_BYTE_ARRAY: the length of the prefix shared with the previous value, and the suffix. A batch of long values is closed early.</summary>
internal sealed class DeltaByteArrayDecoder : ValueDecoder
{
    private const int BatchBytes = 1 << 20;
    private const int FirstBytes = 4096;

    private readonly DeltaBinaryPackedDecoder _prefixes;
    private readonly DeltaLengthDecoder _suffixes;
    private readonly int _width;
    private readonly int _maxBytes;
    private readonly ValueBatch _suffix = new(1);
    private readonly long[] _prefix = new long[1];
    private readonly PageBuffer _values;
    private Slice _last;

    public DeltaByteArrayDecoder(ByteRange source, PageBuffer values, int width, int maxValues, int maxBytes)
    {
        _values = values;
        _width = width;
        _maxBytes = maxBytes;
        _prefixes = new DeltaBinaryPackedDecoder(source, true);
        var end = new DeltaBinaryPackedDecoder(source, true);
        if (end.Total > (ulong)maxValues) throw ParquetException.Corrupt($"a page of {maxValues} values has {end.Total} prefix lengths");

        _suffixes = new DeltaLengthDecoder(end.SkipToEnd(), maxValues);
    }

    public override int Read(ValueBatch batch, int count)
    {
        // Only the previous value is still needed.
        _values.Slide(_last.Offset, _last.Length, Math.Max(_last.Length, FirstBytes));
        _last = new Slice(0, _last.Length);
        var used = _last.Length;
        var made = 0;
        while (made < count && (made == 0 || used < BatchBytes))
        {
            _prefixes.Read(_prefix);
            _suffixes.Read(_suffix, 1);
            var suffix = _suffix.Bytes.AsSpan(_suffix.Slices[0].Offset, _suffix.Slices[0].Length);
            var length = _prefix[0] + suffix.Length;
            if (_prefix[0] < 0 || _prefix[0] > _last.Length || (_width > 0 && length != _width))
                throw ParquetException.Corrupt("a prefix is longer than the value before, or a value has the wrong length");

            if (length > _maxBytes)
                throw ParquetException.TooLarge($"a value has {length} bytes, more than {nameof(ParquetReaderOptions.MaxRowBytes)} = {_maxBytes}", nameof(ParquetReaderOptions.MaxRowBytes));

            if (length > _values.Capacity - used) _values.Reserve(used, (int)Math.Max(length, Math.Min(used, BatchBytes)));

            var value = _values.Bytes.AsSpan(used, (int)length);
            _values.Bytes.AsSpan(_last.Offset, (int)_prefix[0]).CopyTo(value);
            suffix.CopyTo(value[(int)_prefix[0]..]);
            _last = new Slice(used, (int)length);
            batch.Slices[made++] = _last;
            used += (int)length;
        }

        batch.Bytes = _values.Bytes;
        return made;
    }
}
