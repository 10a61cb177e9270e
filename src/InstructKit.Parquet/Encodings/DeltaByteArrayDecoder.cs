namespace InstructKit.Parquet.Encodings;

/// <summary>DELTA_BYTE_ARRAY: how many bytes to keep of the value before, and the rest. A batch is closed early when its values are long.</summary>
internal sealed class DeltaByteArrayDecoder : ValueDecoder
{
    private const int BatchBytes = 1 << 20;

    private readonly DeltaBinaryPackedDecoder _prefixes;
    private readonly DeltaLengthDecoder _suffixes;
    private readonly int _width;
    private readonly int _maxBytes;
    private readonly ValueBatch _suffix = new(1);
    private readonly long[] _prefix = new long[1];
    private byte[] _bytes = new byte[4096];
    private Slice _last;

    public DeltaByteArrayDecoder(ByteRange source, int width, int maxValues, int maxBytes)
    {
        _width = width;
        _maxBytes = maxBytes;
        _prefixes = new DeltaBinaryPackedDecoder(source, true);
        var end = new DeltaBinaryPackedDecoder(source, true);
        if (end.Total > (ulong)maxValues)
        {
            throw ParquetException.Corrupt($"a page of {maxValues} values has {end.Total} prefix lengths");
        }

        _suffixes = new DeltaLengthDecoder(end.SkipToEnd(), maxValues);
    }

    public override int Read(ValueBatch batch, int count)
    {
        // The value before is the only one that is still needed.
        _bytes.AsSpan(_last.Offset, _last.Length).CopyTo(_bytes);
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
            {
                throw ParquetException.Corrupt("a prefix is longer than the value before, or a value has the wrong length");
            }

            if (length > _maxBytes)
            {
                throw ParquetException.TooLarge($"a value has {length} bytes, more than {nameof(ParquetReaderOptions.MaxRowBytes)} = {_maxBytes}");
            }

            if (used + length > _bytes.Length)
            {
                Array.Resize(ref _bytes, checked((int)Math.Max(_bytes.Length * 2L, used + length)));
            }

            _bytes.AsSpan(_last.Offset, (int)_prefix[0]).CopyTo(_bytes.AsSpan(used));
            suffix.CopyTo(_bytes.AsSpan(used + (int)_prefix[0]));
            _last = new Slice(used, (int)length);
            batch.Slices[made++] = _last;
            used += (int)length;
        }

        batch.Bytes = _bytes;
        return made;
    }
}
