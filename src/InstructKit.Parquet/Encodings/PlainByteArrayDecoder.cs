using System.Buffers.Binary;
using InstructKit.Parquet.Reading;

namespace InstructKit.Parquet.Encodings;

/// <summary>PLAIN for BYTE_ARRAY: a four-byte length before every value. The values stay where they are.</summary>
internal sealed class PlainByteArrayDecoder(ByteRange source, PendingBytes? pending = null) : ValueDecoder
{
    private int _next = source.Start;

    public override int Read(ValueBatch batch, int count)
    {
        batch.Bytes = source.Bytes;
        var bytes = source.Bytes;
        var slices = batch.Slices.AsSpan(0, count);
        var next = _next;
        var ready = pending?.Ready ?? source.End;
        for (var i = 0; i < slices.Length; i++)
        {
            if (source.End - next < 4)
            {
                throw TooFew();
            }

            if (next + 4 > ready)
            {
                ready = pending!.Require(next + 4);
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(next));
            next += 4;
            if (length < 0 || length > source.End - next)
            {
                throw ParquetException.Corrupt("a byte array is longer than its page");
            }

            if (next + length > ready)
            {
                ready = pending!.Require(next + length);
            }

            slices[i] = new Slice(next, length);
            next += length;
        }

        _next = next;
        return count;
    }
}
