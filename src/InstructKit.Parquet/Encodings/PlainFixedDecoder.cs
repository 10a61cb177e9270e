namespace InstructKit.Parquet.Encodings;

/// <summary>PLAIN for FIXED_LEN_BYTE_ARRAY and INT96: the values one after the other.</summary>
internal sealed class PlainFixedDecoder(ByteRange source, int width) : ValueDecoder
{
    private int _next = source.Start;

    public override int Read(ValueBatch batch, int count)
    {
        count = Math.Min(count, (source.End - _next) / width);
        if (count == 0) throw TooFew();

        batch.Bytes = source.Bytes;
        for (var i = 0; i < count; i++, _next += width) batch.Slices[i] = new Slice(_next, width);

        return count;
    }
}
