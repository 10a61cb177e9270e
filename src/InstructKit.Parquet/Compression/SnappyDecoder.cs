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

    // A short element reads at most a tag and 64 bytes and writes 64.
    private const int ShortRoom = 80;
    private const int ShortLength = SnappyElement.LongestCopy;

    // What DecodeShort needs to know about an element, by its tag.
    private static readonly SnappyElement[] Elements = [.. Enumerable.Range(0, 256).Select(SnappyElement.Of)];

    /// <summary>Reads the length that a block declares in its first bytes and checks it against the block's size; returns where the elements begin.</summary>
    public static int ReadLength(ReadOnlySpan<byte> source, int blockBytes, out int start)
    {
        var length = 0L;
        for (start = 0; start < 5 && start < source.Length;)
        {
            var next = source[start];
            length |= (long)(next & 0x7f) << (7 * start);
            start++;
            if (next < 0x80)
            {
                return length <= (long)blockBytes * MaxRatio
                    ? (int)Math.Min(length, int.MaxValue)
                    : throw ParquetException.Corrupt($"a snappy block of {blockBytes} bytes claims to hold {length}");
            }
        }

        throw ParquetException.Corrupt("a snappy block lacks its length");
    }

    /// <summary>Fills the target exactly.</summary>
    public static void Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var at = Start(source, source.Length, target.Length);
        DecodeTo(source, isEnd: true, target, ref at, target.Length);
    }

    /// <summary>The position where decoding begins, after the block's length, which must be <paramref name="expected"/>.</summary>
    /// <param name="source">The first bytes of the block.</param>
    /// <param name="blockBytes">Length of the whole block.</param>
    /// <param name="expected">Expected length of its content.</param>
    public static SnappyPlace Start(ReadOnlySpan<byte> source, int blockBytes, int expected)
    {
        var length = ReadLength(source, blockBytes, out var read);
        return length == expected
            ? new SnappyPlace(read, 0)
            : throw ParquetException.Corrupt($"a snappy block holds {length} bytes where the page header says {expected}");
    }

    /// <summary>Decodes from <paramref name="at"/> until at least the first <paramref name="until"/> bytes of the target are filled or the source has no
    /// further complete element, and advances the position. The target is always the whole one: elements may refer back any distance.</summary>
    /// <param name="source">Some of the block.</param>
    /// <param name="isEnd">Whether the block ends with them.</param>
    /// <param name="target">Where the block goes.</param>
    /// <param name="at">The position, counted from the beginning of <paramref name="source"/> and of <paramref name="target"/>.</param>
    /// <param name="until">How many bytes of the target are needed.</param>
    public static void DecodeTo(ReadOnlySpan<byte> source, bool isEnd, Span<byte> target, ref SnappyPlace at, int until)
    {
        var (read, written) = at;
        while (written < until)
        {
            DecodeShort(source, target, ref read, ref written, until);
            if (written < until)
            {
                if (!isEnd && !HoldsElement(source[read..])) break;

                DecodeOne(source, target, ref read, ref written);
            }
        }

        at = new SnappyPlace(read, written);
        if (isEnd && written == target.Length && read != source.Length) throw Broken();
    }

    // The kind of the next element cannot be predicted, and a mispredicted branch for each costs more than the work itself. So literals and copies take the
    // same path, distinguished only by masks, and move bytes in wide steps that may reach beyond the element. One element waits for another only through
    // the next tag, which is loaded from both positions where it may be. Stops near the ends of both sides and at elements for DecodeOne. No calls:
    // values live across a call would be spilled to the stack.
    private static unsafe void DecodeShort(ReadOnlySpan<byte> source, Span<byte> target, ref int read, ref int written, int until)
    {
        if (written < ShortLength || read > source.Length - ShortRoom) return;

        fixed (byte* pinnedSource = source, pinnedTarget = target)
        fixed (SnappyElement* pinnedElements = Elements)
        {
            var elements = pinnedElements;
            var start = pinnedTarget;
            var from = pinnedSource + read;
            var fromEnd = pinnedSource + (source.Length - ShortRoom);
            var to = start + written;
            var toEnd = start + Math.Min(until - 1, target.Length - ShortRoom);
            long tag = *from;
            while (from <= fromEnd && to <= toEnd)
            {
                var element = elements + tag;
                nint length = element->Length;
                var offset = (nint)(Unsafe.ReadUnaligned<uint>(from + 1) & element->OffsetMask) + element->Offset;
                var earlier = to - offset;
                if (offset < length || earlier < start) break;

                var kind = tag & 3;
                var literal = (kind - 1) >> 63; // all bits for a literal, none for a copy
                var copy = ~literal;
                tag = (from[kind + 1] & copy) | (from[(tag >> 2) + 2] & literal);
                var bytes = (byte*)(((long)earlier & copy) | ((long)(from + 1) & literal));
                from += element->Advance;
                Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<Vector128<byte>>(bytes));
                if (length > 16)
                {
                    Unsafe.WriteUnaligned(to + 16, Unsafe.ReadUnaligned<Vector128<byte>>(bytes + 16));
                    Unsafe.WriteUnaligned(to + 32, Unsafe.ReadUnaligned<Vector128<byte>>(bytes + 32));
                    Unsafe.WriteUnaligned(to + 48, Unsafe.ReadUnaligned<Vector128<byte>>(bytes + 48));
                }

                to += length;
            }

            read = (int)(from - pinnedSource);
            written = (int)(to - start);
        }
    }

    private static bool HoldsElement(ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty) return false;

        var tag = source[0];
        var length = (tag >> 2) + 1;
        return (tag & 3) switch
        {
            0 when length <= 60 => source.Length > length,
            0 => source.Length > length - 60 && source.Length > length - 60 + LongLiteral(source.Slice(1, length - 60)),
            1 => source.Length >= 2,
            2 => source.Length >= 3,
            _ => source.Length >= 5,
        };
    }

    private static void DecodeOne(ReadOnlySpan<byte> source, Span<byte> target, ref int read, ref int written)
    {
        if (read >= source.Length) throw Broken();

        var tag = source[read++];
        if ((tag & 3) == 0)
        {
            var count = (tag >> 2) + 1;
            if (count > 60)
            {
                var size = Math.Min(count - 60, source.Length - read);
                count = (int)Math.Min(LongLiteral(source.Slice(read, size)), int.MaxValue);
                read += size;
            }

            if (count > source.Length - read || count > target.Length - written) throw Broken();

            source.Slice(read, count).CopyTo(target[written..]);
            read += count;
            written += count;
        }
        else
        {
            var (count, offset) = ReadCopy(source, ref read, tag);
            if (offset == 0 || offset > written || count > target.Length - written) throw Broken();

            BlockCopy.Repeat(target, written, offset, count);
            written += count;
        }
    }

    // The length of a literal whose tag cannot hold it; up to 2^32.
    private static long LongLiteral(ReadOnlySpan<byte> size)
    {
        var count = 0L;
        for (var i = 0; i < size.Length; i++) count |= (long)size[i] << (8 * i);

        return count + 1;
    }

    private static (int Count, int Offset) ReadCopy(ReadOnlySpan<byte> source, ref int read, byte tag)
    {
        var size = (tag & 3) switch { 1 => 1, 2 => 2, _ => 4 };
        if (size > source.Length - read) throw Broken();

        var rest = source.Slice(read, size);
        read += size;
        return size switch
        {
            1 => (((tag >> 2) & 7) + 4, ((tag >> 5) << 8) | rest[0]),
            2 => ((tag >> 2) + 1, BinaryPrimitives.ReadUInt16LittleEndian(rest)),
            _ => ((tag >> 2) + 1, (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(rest), int.MaxValue)),
        };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ParquetException Broken() => ParquetException.Corrupt("a snappy block is broken");
}

/// <summary>Describes, by tag, a literal of up to 60 bytes or a copy (google/snappy format_description.txt section 2), in 8 bytes: the processor finds the
/// entry of a tag without computing its address.</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal readonly struct SnappyElement
{
    /// <summary>Length of the longest copy.</summary>
    public const int LongestCopy = 64;

    /// <summary>Which bits of the four bytes after the tag belong to the offset.</summary>
    [FieldOffset(0)]
    public readonly uint OffsetMask;

    /// <summary>What the tag itself adds to the offset. A literal has the offset <see cref="LongestCopy"/>, which its length never exceeds.</summary>
    [FieldOffset(4)]
    public readonly ushort Offset;

    /// <summary>Bytes that the element produces. For an element that must be read another way this is more than its offset, which is 0.</summary>
    [FieldOffset(6)]
    public readonly byte Length;

    /// <summary>Length of the element, tag included.</summary>
    [FieldOffset(7)]
    public readonly byte Advance;

    private SnappyElement(int offset, uint offsetMask, int length, int advance) =>
        (Offset, OffsetMask, Length, Advance) = ((ushort)offset, offsetMask, (byte)length, (byte)advance);

    /// <summary>Describes a tag. Literals of more than 60 bytes and offsets of four bytes, which no encoder writes into blocks of 64 KiB, must be read another way.</summary>
    public static SnappyElement Of(int tag)
    {
        var length = (tag >> 2) + 1;
        return (tag & 3) switch
        {
            0 when length <= 60 => new SnappyElement(LongestCopy, 0, length, length + 1),
            1 => new SnappyElement((tag >> 5) << 8, 0xff, ((tag >> 2) & 7) + 4, 2),
            2 => new SnappyElement(0, 0xffff, length, 3),
            _ => new SnappyElement(0, 0, 1, 0),
        };
    }
}

/// <summary>The state of decoding a snappy block.</summary>
/// <param name="Read">Bytes of the block before the next element.</param>
/// <param name="Written">Bytes that the elements before it produced.</param>
internal readonly record struct SnappyPlace(int Read, int Written);
