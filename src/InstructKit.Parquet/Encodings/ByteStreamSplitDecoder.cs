namespace InstructKit.Parquet.Encodings;

/// <summary>BYTE_STREAM_SPLIT: the first bytes of all values, then the second bytes, and so on.</summary>
internal sealed class ByteStreamSplitDecoder(ByteRange source, int width, bool isNumbers) : ValueDecoder
{
    private readonly int _count = source.Length / width;
    private byte[] _bytes = [];
    private int _next;

    public override int Read(ValueBatch batch, int count)
    {
        // A very wide type is gathered a few values at a time.
        count = Math.Min(Math.Min(count, _count - _next), Math.Max(1, (1 << 20) / width));
        if (count <= 0) throw TooFew();

        if (_bytes.Length < count * width) _bytes = new byte[count * width];

        for (var stream = 0; stream < width; stream++)
        {
            var from = source.Span.Slice((stream * _count) + _next, count);
            for (int i = 0, to = stream; i < from.Length; i++, to += width) _bytes[to] = from[i];
        }

        _next += count;
        var gathered = new ByteRange(_bytes, 0, count * width);
        return isNumbers
            ? new PlainNumberDecoder(gathered, width == 4 ? Metadata.PhysicalType.Int32 : Metadata.PhysicalType.Int64).Read(batch, count)
            : new PlainFixedDecoder(gathered, width).Read(batch, count);
    }
}
