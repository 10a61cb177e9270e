using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace InstructKit.Parquet.Compression;

/// <summary>The copy of LZ77: bytes that were written before, possibly overlapping those that are being written.</summary>
internal static class BlockCopy
{
    /// <summary>
    /// Copies <paramref name="count"/> bytes from <paramref name="offset"/> before <paramref name="at"/> to there. The caller has checked that
    /// both lie inside the target. May write up to 15 bytes more, never past the target's end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Repeat(Span<byte> target, int at, int offset, int count)
    {
        if (offset >= 16 && target.Length - at >= ((count + 15) & ~15))
        {
            ref var to = ref Unsafe.Add(ref MemoryMarshal.GetReference(target), at);
            ref var from = ref Unsafe.Subtract(ref to, offset);
            for (var i = 0; i < count; i += 16)
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, i), Unsafe.ReadUnaligned<Vector128<byte>>(ref Unsafe.Add(ref from, i)));
        }
        else if (offset >= count)
        {
            target.Slice(at - offset, count).CopyTo(target[at..]);
        }
        else
        {
            RepeatOverlapping(target, at, offset, count);
        }
    }

    // Every round doubles the stretch that may be copied at once.
    private static void RepeatOverlapping(Span<byte> target, int at, int offset, int count)
    {
        var from = at - offset;
        var end = at + count;
        while (at < end)
        {
            var stretch = Math.Min(at - from, end - at);
            target.Slice(from, stretch).CopyTo(target[at..]);
            at += stretch;
        }
    }
}
