using System.Buffers.Binary;

namespace InstructKit.Parquet.Encodings;

/// <summary>RLE for BOOLEAN: the hybrid of width one behind a four-byte length.</summary>
internal sealed class RleBooleanDecoder : ValueDecoder
{
    private readonly HybridDecoder _bits;
    private int[] _values = [];

    public RleBooleanDecoder(ByteRange source)
    {
        var length = source.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(source.Span);
        _bits = new HybridDecoder(source.Skip(4).Take(length), 1);
    }

    public override int Read(ValueBatch batch, int count)
    {
        if (_values.Length < count) _values = new int[batch.Capacity];

        _bits.Read(_values.AsSpan(0, count));
        for (var i = 0; i < count; i++) batch.Numbers[i] = _values[i];

        return count;
    }
}
