using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace InstructKit.Parquet.Compression;

/// <summary>Encodes a snappy block: within each 64 KiB, greedy matches found by a table of four-byte hashes. The output depends only on the input.</summary>
internal sealed class SnappyEncoder
{
    private const int BlockBytes = 1 << 16;
    private const int HashBits = 14;
    private const int MinMatch = 4;

    // Matches need a look-ahead of eight bytes; the last ones of a block are always literals.
    private const int Margin = 15;

    // Literals that one vector copies.
    private const int Short = 16;

    private readonly ushort[] _table = new ushort[1 << HashBits];

    /// <summary>Largest possible size of a block of <paramref name="length"/> bytes.</summary>
    public static int Bound(int length) => checked(length + (length / 6) + 32);

    /// <summary>Encodes into the target, which must have room for <see cref="Bound"/> bytes, and returns the block's size.</summary>
    public int Encode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var written = 0;
        var length = (uint)source.Length;
        for (; length >= 0x80; length >>= 7) target[written++] = (byte)(length | 0x80);

        target[written++] = (byte)length;
        for (var start = 0; start < source.Length; start += BlockBytes)
            written = EncodeBlock(source.Slice(start, Math.Min(BlockBytes, source.Length - start)), target, written);

        return written;
    }

    private int EncodeBlock(ReadOnlySpan<byte> block, Span<byte> target, int written)
    {
        Array.Clear(_table);
        ref var first = ref MemoryMarshal.GetReference(block);
        var literal = 0;
        var limit = block.Length - Margin;
        var at = 1;
        var misses = 32;
        while (at < limit)
        {
            var word = Word(ref first, at);
            ref var slot = ref _table[Hash(word)];
            var candidate = (int)slot;
            slot = (ushort)at;
            if (Word(ref first, candidate) != word)
            {
                // The longer there is no match, the larger the steps.
                at += misses++ >> 5;
                continue;
            }

            written = at - literal <= Short && target.Length - written > Short
                ? WriteShortLiteral(ref first, literal, at - literal, target, written)
                : WriteLiteral(block[literal..at], target, written);
            var match = MinMatch + MatchLength(block, candidate + MinMatch, at + MinMatch);
            written = WriteCopy(at - candidate, match, target, written);
            at += match;
            literal = at;
            misses = 32;
            if (at < limit) _table[Hash(Word(ref first, at - 1))] = (ushort)(at - 1);
        }

        return WriteLiteral(block[literal..], target, written);
    }

    // Only positions before the margin are looked up.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Word(ref byte first, int at)
    {
        var word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, at));
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }

    // Sixteen bytes are copied whatever the length: the literal begins at least sixteen bytes before the block's end, which the margin ensures.
    private static int WriteShortLiteral(ref byte first, int literal, int length, Span<byte> target, int written)
    {
        if (length == 0) return written;

        target[written] = (byte)((length - 1) << 2);
        ref var to = ref MemoryMarshal.GetReference(target[(written + 1)..]);
        Unsafe.WriteUnaligned(ref to, Unsafe.ReadUnaligned<Vector128<byte>>(ref Unsafe.Add(ref first, literal)));
        return written + 1 + length;
    }

    private static int MatchLength(ReadOnlySpan<byte> block, int candidate, int at)
    {
        var start = at;
        while (block.Length - at >= 8)
        {
            var difference = BinaryPrimitives.ReadUInt64LittleEndian(block[candidate..]) ^ BinaryPrimitives.ReadUInt64LittleEndian(block[at..]);
            if (difference != 0) return at - start + (BitOperations.TrailingZeroCount(difference) >> 3);

            candidate += 8;
            at += 8;
        }

        while (at < block.Length && block[candidate] == block[at])
        {
            candidate++;
            at++;
        }

        return at - start;
    }

    private static int WriteLiteral(ReadOnlySpan<byte> literal, Span<byte> target, int written)
    {
        var rest = literal.Length - 1;
        if (rest < 0) return written;

        if (rest < 60)
        {
            target[written++] = (byte)(rest << 2);
        }
        else if (rest < 256)
        {
            target[written++] = 60 << 2;
            target[written++] = (byte)rest;
        }
        else
        {
            target[written++] = 61 << 2;
            BinaryPrimitives.WriteUInt16LittleEndian(target[written..], (ushort)rest);
            written += 2;
        }

        literal.CopyTo(target[written..]);
        return written + literal.Length;
    }

    private static int WriteCopy(int offset, int length, Span<byte> target, int written)
    {
        // A copy has at most 64 bytes; the rest must not be shorter than four.
        for (; length >= 68; length -= 64) written = WriteLongCopy(offset, 64, target, written);

        if (length > 64)
        {
            written = WriteLongCopy(offset, 60, target, written);
            length -= 60;
        }

        if (length >= 12 || offset >= 2048) return WriteLongCopy(offset, length, target, written);

        target[written] = (byte)(1 | ((length - 4) << 2) | ((offset >> 8) << 5));
        target[written + 1] = (byte)offset;
        return written + 2;
    }

    private static int WriteLongCopy(int offset, int length, Span<byte> target, int written)
    {
        target[written] = (byte)(2 | ((length - 1) << 2));
        BinaryPrimitives.WriteUInt16LittleEndian(target[(written + 1)..], (ushort)offset);
        return written + 3;
    }

    private static int Hash(uint word) => (int)((word * 0x1E35A7BD) >> (32 - HashBits));
}
