using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace InstructKit.Parquet.Compression;

/// <summary>Decodes a snappy block (google/snappy format_description.txt).</summary>
internal static class SnappyDecoder
{
    /// <summary>A three-byte element makes at most 64 bytes, so a block grows to no more than this many times its size.</summary>
    private const int MaxRatio = 22;

    /// <summary>Reads the length that the block declares and checks it against the block's size; tells where the elements begin.</summary>
    public static int ReadLength(ReadOnlySpan<byte> source, out int start)
    {
        var length = 0L;
        for (start = 0; start < 5 && start < source.Length;)
        {
            var next = source[start];
            length |= (long)(next & 0x7f) << (7 * start);
            start++;
            if (next < 0x80)
            {
                return length <= (long)source.Length * MaxRatio
                    ? (int)Math.Min(length, int.MaxValue)
                    : throw ParquetException.Corrupt($"a snappy block of {source.Length} bytes claims to hold {length}");
            }
        }

        throw ParquetException.Corrupt("a snappy block lacks its length");
    }

    /// <summary>Fills the target exactly.</summary>
    public static void Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var length = ReadLength(source, out var read);
        if (length != target.Length)
        {
            throw ParquetException.Corrupt($"a snappy block holds {length} bytes where the page header says {target.Length}");
        }

        var written = 0;
        while (read < source.Length)
        {
            var tag = source[read++];
            if ((tag & 3) == 0)
            {
                var count = (tag >> 2) + 1;
                if (count > 60)
                {
                    count = ReadLongLiteral(source, ref read, count - 60);
                }

                if (count > source.Length - read || count > target.Length - written)
                {
                    throw Broken();
                }

                CopyLiteral(source, read, target, written, count);
                read += count;
                written += count;
            }
            else
            {
                var (count, offset) = ReadCopy(source, ref read, tag);
                if (offset == 0 || offset > written || count > target.Length - written)
                {
                    throw Broken();
                }

                BlockCopy.Repeat(target, written, offset, count);
                written += count;
            }
        }

        if (written != target.Length)
        {
            throw Broken();
        }
    }

    // Short literals are the common case: one wide move where both sides have room behind them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyLiteral(ReadOnlySpan<byte> source, int read, Span<byte> target, int written, int count)
    {
        if (count <= 16 && source.Length - read >= 16 && target.Length - written >= 16)
        {
            var wide = Unsafe.ReadUnaligned<Vector128<byte>>(ref Unsafe.Add(ref MemoryMarshal.GetReference(source), read));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref MemoryMarshal.GetReference(target), written), wide);
        }
        else
        {
            source.Slice(read, count).CopyTo(target[written..]);
        }
    }

    private static int ReadLongLiteral(ReadOnlySpan<byte> source, ref int read, int bytes)
    {
        if (bytes > source.Length - read)
        {
            throw Broken();
        }

        var count = 0L;
        for (var i = 0; i < bytes; i++)
        {
            count |= (long)source[read++] << (8 * i);
        }

        return count < int.MaxValue ? (int)count + 1 : throw Broken();
    }

    private static (int Count, int Offset) ReadCopy(ReadOnlySpan<byte> source, ref int read, byte tag)
    {
        var size = (tag & 3) switch { 1 => 1, 2 => 2, _ => 4 };
        if (size > source.Length - read)
        {
            throw Broken();
        }

        var rest = source.Slice(read, size);
        read += size;
        return size switch
        {
            1 => (((tag >> 2) & 7) + 4, ((tag >> 5) << 8) | rest[0]),
            2 => ((tag >> 2) + 1, BinaryPrimitives.ReadUInt16LittleEndian(rest)),
            _ => ((tag >> 2) + 1, (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(rest), int.MaxValue)),
        };
    }

    private static ParquetException Broken() => ParquetException.Corrupt("a snappy block is broken");
}
