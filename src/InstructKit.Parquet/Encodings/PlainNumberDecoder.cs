using System.Buffers.Binary;
using System.Runtime.InteropServices;
using InstructKit.Parquet.Metadata;

namespace InstructKit.Parquet.Encodings;

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
