using System.Buffers.Binary;
using System.Runtime.InteropServices;
using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Metadata;

namespace InstructKit.Parquet.Encodings;

/// <summary>PLAIN for BYTE_ARRAY: a four-byte length before every value. The values are not copied.</summary>
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

/// <summary>PLAIN for FIXED_LEN_BYTE_ARRAY and INT96: the values are concatenated.</summary>
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

/// <summary>PLAIN for INT32, INT64, FLOAT and DOUBLE.</summary>
internal sealed class PlainNumberDecoder(ByteRange source, PhysicalType type) : ValueDecoder
{
    private readonly int _width = type is PhysicalType.Int32 or PhysicalType.Float ? 4 : 8;
    private ByteRange _source = source;

    public override int Read(ValueBatch batch, int count)
    {
        count = Math.Min(count, _source.Length / _width);
        if (count == 0) throw TooFew();

        var bytes = _source.Span[..(count * _width)];
        var numbers = batch.Numbers.AsSpan(0, count);
        if (_width == 8)
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(numbers));
            if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(numbers, numbers);
        }
        else
        {
            for (var i = 0; i < numbers.Length; i++) numbers[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * 4)..]);
        }

        _source = _source.Skip(bytes.Length);
        return count;
    }
}

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
