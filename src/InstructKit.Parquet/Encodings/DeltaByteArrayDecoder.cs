using InstructKit.Parquet.Compression;

namespace InstructKit.Parquet.Encodings;

/// <summary>DELTA_BYTE_ARRAY: how many bytes to keep of the value before, and the rest. A batch is closed early when its values are long.</summary>
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
        // The value before is the only one that is still needed.
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
