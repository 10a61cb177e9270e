using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace InstructKit.Parquet.Reading;

/// <summary>Text that JSON takes as it is: ASCII without control characters, quotation marks and backslashes (RFC 8259, section 7).</summary>
internal static class PlainText
{
    /// <summary>Copies all bytes and tells whether all of them are plain. One pass does both: most text is, and looking first would cost as much again.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="target">Where to; at least as long.</param>
    public static bool Copy(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var width = Vector128<byte>.Count;
        if (source.Length < width) return CopyShort(source, target);

        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(target[..source.Length]);
        var last = source.Length - width;
        var special = Vector128<byte>.Zero;
        for (var at = 0; at < last; at += width) special |= CopyVector(ref from, ref to, at);

        // The last one may lie over the one before.
        special |= CopyVector(ref from, ref to, last);
        return special == Vector128<byte>.Zero;
    }

    // Labels and other short text: two words that may lie over one another.
    private static bool CopyShort(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var length = source.Length;
        if (length >= sizeof(ulong))
        {
            var (head, tail) = (BinaryPrimitives.ReadUInt64LittleEndian(source), BinaryPrimitives.ReadUInt64LittleEndian(source[(length - sizeof(ulong))..]));
            BinaryPrimitives.WriteUInt64LittleEndian(target, head);
            BinaryPrimitives.WriteUInt64LittleEndian(target[(length - sizeof(ulong))..], tail);
            return FindSpecial(Vector128.Create(head, tail).AsByte()) == Vector128<byte>.Zero;
        }

        if (length >= sizeof(uint))
        {
            var (head, tail) = (BinaryPrimitives.ReadUInt32LittleEndian(source), BinaryPrimitives.ReadUInt32LittleEndian(source[(length - sizeof(uint))..]));
            BinaryPrimitives.WriteUInt32LittleEndian(target, head);
            BinaryPrimitives.WriteUInt32LittleEndian(target[(length - sizeof(uint))..], tail);
            return FindSpecial(Vector128.Create(head, tail, head, tail).AsByte()) == Vector128<byte>.Zero;
        }

        var special = false;
        for (var at = 0; at < length; at++)
        {
            var value = source[at];
            target[at] = value;
            special |= value is < (byte)' ' or > 0x7f or (byte)'"' or (byte)'\\';
        }

        return !special;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> CopyVector(ref byte from, ref byte to, int at)
    {
        var bytes = Vector128.LoadUnsafe(ref from, (nuint)at);
        bytes.StoreUnsafe(ref to, (nuint)at);
        return FindSpecial(bytes);
    }

    // As signed numbers, control characters and everything beyond ASCII are less than a space.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> FindSpecial(Vector128<byte> bytes) =>
        Vector128.LessThan(bytes.AsSByte(), Vector128.Create((sbyte)' ')).AsByte()
        | Vector128.Equals(bytes, Vector128.Create((byte)'"'))
        | Vector128.Equals(bytes, Vector128.Create((byte)'\\'));
}
