namespace InstructKit.Parquet.Encodings;

/// <summary>PLAIN for BOOLEAN: one bit each, least significant first.</summary>
internal sealed class PlainBooleanDecoder(ByteRange source) : ValueDecoder
{
    private long _next;

    public override int Read(ValueBatch batch, int count)
    {
        var left = (source.Length * 8L) - _next;
        count = (int)Math.Min(count, left);
        if (count == 0) throw TooFew();

        for (var i = 0; i < count; i++, _next++) batch.Numbers[i] = (source.Bytes[source.Start + (_next >> 3)] >> (int)(_next & 7)) & 1;

        return count;
    }
}
