using System.Buffers.Binary;

namespace InstructKit.Parquet.Encodings;

/// <summary>PLAIN for BYTE_ARRAY: a four-byte length before every value. The values stay where they are.</summary>
internal sealed class PlainByteArrayDecoder(ByteRange source) : ValueDecoder
{
    private int _next = source.Start;

    public override int Read(ValueBatch batch, int count)
    {
        batch.Bytes = source.Bytes;
        var bytes = source.Bytes;
        var slices = batch.Slices.AsSpan(0, count);
        var next = _next;
        for (var i = 0; i < slices.Length; i++)
        {
            if (source.End - next < 4) throw TooFew();

            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(next));
            next += 4;
            if (length < 0 || length > source.End - next) throw ParquetException.Corrupt("a byte array is longer than its page");

            slices[i] = new Slice(next, length);
            next += length;
        }

        _next = next;
        return count;
    }
}
