using System.Buffers.Binary;

namespace InstructKit.Parquet.Writing;

/// <summary>A byte array that grows and is used again.</summary>
internal sealed class GrowingBytes
{
    private byte[] _bytes = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>The last byte.</summary>
    public ref byte Last => ref _bytes[Length - 1];

    public void Clear() => Length = 0;

    public Span<byte> Reserve(int count)
    {
        if (count > _bytes.Length - Length)
            Array.Resize(ref _bytes, checked((int)Math.Min(Array.MaxLength, Math.Max(_bytes.Length * 2L, (long)Length + count))));

        return _bytes.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    public void Append(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    public void AppendInt32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Reserve(4), value);
        Length += 4;
    }
}
