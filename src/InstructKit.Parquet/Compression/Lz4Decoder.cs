using System.Buffers.Binary;

namespace InstructKit.Parquet.Compression;

/// <summary>Decodes LZ4 blocks (lz4_Block_format.md) and Hadoop's frames around them.</summary>
internal static class Lz4Decoder
{
    private const int MinMatch = 4;

    /// <summary>A match length grows by at most 255 a byte.</summary>
    public const int MaxRatio = 255;

    /// <summary>Decodes one block; true when it fills the target exactly.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var read = 0;
        var written = 0;
        while (read < source.Length)
        {
            var token = source[read++];
            if (!TryReadLength(source, ref read, token >> 4, out var literals) || literals > source.Length - read || literals > target.Length - written)
            {
                return false;
            }

            source.Slice(read, literals).CopyTo(target[written..]);
            read += literals;
            written += literals;
            if (read == source.Length)
            {
                break;
            }

            if (source.Length - read < 2)
            {
                return false;
            }

            var offset = BinaryPrimitives.ReadUInt16LittleEndian(source[read..]);
            read += 2;
            if (!TryReadLength(source, ref read, token & 15, out var match) || offset == 0 || offset > written || match > target.Length - written - MinMatch)
            {
                return false;
            }

            BlockCopy.Repeat(target, written, offset, match + MinMatch);
            written += match + MinMatch;
        }

        return written == target.Length;
    }

    /// <summary>Decodes Hadoop's frames: big-endian lengths of the content and of the block before every block.</summary>
    public static bool TryDecodeHadoop(ReadOnlySpan<byte> source, Span<byte> target)
    {
        while (!source.IsEmpty)
        {
            if (source.Length < 8)
            {
                return false;
            }

            var content = BinaryPrimitives.ReadUInt32BigEndian(source);
            var block = BinaryPrimitives.ReadUInt32BigEndian(source[4..]);
            source = source[8..];
            if (block > source.Length || content > target.Length || !TryDecode(source[..(int)block], target[..(int)content]))
            {
                return false;
            }

            source = source[(int)block..];
            target = target[(int)content..];
        }

        return target.IsEmpty;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> source, ref int read, int nibble, out int length)
    {
        length = nibble;
        if (nibble < 15)
        {
            return true;
        }

        while (read < source.Length)
        {
            var next = source[read++];
            length += next;
            if (next < 255)
            {
                return true;
            }

            if (length > int.MaxValue / 2)
            {
                return false;
            }
        }

        return false;
    }
}
