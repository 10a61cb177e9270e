using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace InstructKit.Parquet.Compression;

/// <summary>Decodes LZ4 blocks (lz4_Block_format.md) and Hadoop's frames around them.</summary>
internal static class Lz4Decoder
{
    private const int MinMatch = 4;

    /// <summary>A match length grows by at most 255 per byte.</summary>
    public const int MaxRatio = 255;

    /// <summary>Decodes one block; true when it fills the target exactly.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<byte> target) => TryDecode(source, target, out var written) && written == target.Length;

    // Decodes one block, which may not fill the target.
    private static bool TryDecode(ReadOnlySpan<byte> source, Span<byte> target, out int written)
    {
        var read = 0;
        written = 0;
        while (read < source.Length)
        {
            var token = source[read++];
            if (!TryReadLength(source, ref read, token >> 4, out var literals) || literals > source.Length - read || literals > target.Length - written)
                return false;

            source.Slice(read, literals).CopyTo(target[written..]);
            read += literals;
            written += literals;
            if (read == source.Length) break;

            if (source.Length - read < 2) return false;

            var offset = BinaryPrimitives.ReadUInt16LittleEndian(source[read..]);
            read += 2;
            if (!TryReadLength(source, ref read, token & 15, out var match) || offset == 0 || offset > written || match > target.Length - written - MinMatch)
                return false;

            BlockCopy.Repeat(target, written, offset, match + MinMatch);
            written += match + MinMatch;
        }

        return true;
    }

    /// <summary>Decodes Hadoop's frames: the big-endian length of the content, then blocks, each with its big-endian length, until the content is complete.
    /// Usually one block per frame, unless the writer received more at once than its buffer holds (BlockCompressorStream.java).</summary>
    public static bool TryDecodeHadoop(ReadOnlySpan<byte> source, Span<byte> target)
    {
        while (!source.IsEmpty)
        {
            if (!TryTakeLength(ref source, target.Length, out var content)) return false;

            var left = target[..content];
            target = target[content..];
            do
            {
                if (!TryTakeLength(ref source, source.Length - 4, out var block) || !TryDecode(source[..block], left, out var written)) return false;

                source = source[block..];
                left = left[written..];
            }
            while (!left.IsEmpty);
        }

        return target.IsEmpty;
    }

    private static bool TryTakeLength(ref ReadOnlySpan<byte> source, int most, out int length)
    {
        if (!BinaryPrimitives.TryReadInt32BigEndian(source, out length) || length < 0 || length > most) return false;

        source = source[4..];
        return true;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> source, ref int read, int nibble, out int length)
    {
        length = nibble;
        if (nibble < 15) return true;

        while (read < source.Length)
        {
            var next = source[read++];
            length += next;
            if (next < 255) return true;

            if (length > int.MaxValue / 2) return false;
        }

        return false;
    }
}

/// <summary>The LZ77 copy: bytes written earlier, possibly overlapping those being written.</summary>
internal static class BlockCopy
{
    /// <summary>Copies <paramref name="count"/> bytes from <paramref name="offset"/> before <paramref name="at"/> to there. The caller has checked that both
    /// lie inside the target. May write up to 15 bytes more, never past the target's end.</summary>
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
