using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace InstructKit.Parquet.Compression;

/// <summary>Decodes LZ4 blocks (lz4_Block_format.md) and Hadoop's frames around them.</summary>
internal static class Lz4Decoder
{
    /// <summary>Length of the shortest match, which encoded lengths exclude.</summary>
    public const int MinMatch = 4;

    /// <summary>A match length grows by at most 255 per byte.</summary>
    public const int MaxRatio = 255;

    /// <summary>Decodes one block; true when it fills the target exactly.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<byte> target) => TryDecode(source, target, out var written) && written == target.Length;

    // Decodes one block, which may not fill the target: sequences, the last of them only literals.
    private static bool TryDecode(ReadOnlySpan<byte> source, Span<byte> target, out int written)
    {
        var read = 0;
        written = 0;
        if (!DecodeSequences(source, target, ref read, ref written, target.Length)) return false;

        if (read == source.Length) return true;

        var literals = source[read++] >> 4;
        if (!TryExtend(source, ref read, ref literals) || literals != source.Length - read || literals > target.Length - written) return false;

        source[read..].CopyTo(target[written..]);
        written += literals;
        return true;
    }

    /// <summary>Decodes sequences of literals and a match that are complete in the source and fit into the target, as nearly all do; false if one is invalid.</summary>
    /// <param name="read">Bytes of the source consumed.</param>
    /// <param name="written">Bytes of the target written.</param>
    /// <param name="until">Where to stop: at the first sequence that ends at or after it.</param>
    public static bool DecodeSequences(ReadOnlySpan<byte> source, Span<byte> target, ref int read, ref int written, int until)
    {
        while (written < until && read < source.Length)
        {
            var token = source[read];
            var next = read + 1;
            int literals = token >> 4, match = token & 15;
            if (!TryExtend(source, ref next, ref literals) || literals + 2L > source.Length - next) break;

            var from = next;
            next += literals;
            var offset = BinaryPrimitives.ReadUInt16LittleEndian(source[next..]);
            next += 2;
            if (!TryExtend(source, ref next, ref match) || literals + (long)match + MinMatch > target.Length - written) break;

            source.Slice(from, literals).CopyTo(target[written..]);
            written += literals;
            if (offset == 0 || offset > written) return false;

            BlockCopy.Repeat(target, written, offset, match + MinMatch);
            written += match + MinMatch;
            read = next;
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

    // A length that does not fit into the token's four bits continues in the following bytes.
    private static bool TryExtend(ReadOnlySpan<byte> source, ref int next, ref int length)
    {
        if (length < 15) return true;

        while (next < source.Length && length <= int.MaxValue / 2)
        {
            var part = source[next++];
            length += part;
            if (part < 255) return true;
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
