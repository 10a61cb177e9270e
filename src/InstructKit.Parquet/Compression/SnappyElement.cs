using System.Runtime.InteropServices;

namespace InstructKit.Parquet.Compression;

/// <summary>
/// What a tag says of a literal of up to 60 bytes or of a copy (google/snappy format_description.txt section 2), in 8 bytes: the processor finds the
/// entry of a tag without computing its place.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal readonly struct SnappyElement
{
    /// <summary>Bytes that the longest copy makes.</summary>
    public const int LongestCopy = 64;

    /// <summary>Which bits of the four bytes behind the tag belong to the offset.</summary>
    [FieldOffset(0)]
    public readonly uint OffsetMask;

    /// <summary>What the tag itself adds to the offset. A literal has the offset <see cref="LongestCopy"/>, which its length never passes.</summary>
    [FieldOffset(4)]
    public readonly ushort Offset;

    /// <summary>Bytes that the element makes. An element that must be read another way has more of them than its offset, which is 0.</summary>
    [FieldOffset(6)]
    public readonly byte Length;

    /// <summary>Bytes that the element takes, tag included.</summary>
    [FieldOffset(7)]
    public readonly byte Advance;

    private SnappyElement(int offset, uint offsetMask, int length, int advance) =>
        (Offset, OffsetMask, Length, Advance) = ((ushort)offset, offsetMask, (byte)length, (byte)advance);

    /// <summary>Describes a tag. Literals of more than 60 bytes and offsets of four bytes, which nobody writes into blocks of 64 KiB, must be read another way.</summary>
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
