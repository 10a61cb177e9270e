namespace InstructKit.Parquet.Encodings;

/// <summary>
/// DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. The lengths are decoded twice, once to find where the bytes begin and once for
/// use, so that they need not be kept.
/// </summary>
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
