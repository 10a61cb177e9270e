using System.Buffers.Binary;

namespace InstructKit.Parquet.Writing;

/// <summary>Writes levels and dictionary indices in the hybrid of run-length and bit-packed runs.</summary>
internal static class HybridEncoder
{
    private const int Group = 8;

    /// <summary>Appends all values, each of <paramref name="width"/> bits.</summary>
    public static void Append(Utf8Output target, ReadOnlySpan<int> values, int width)
    {
        var packed = 0;
        var at = 0;
        while (at < values.Length)
        {
            var run = at + 1 < values.Length && values[at + 1] != values[at] ? 1 : RunLength(values[at..]);

            // A run starts at a group boundary, so that the packed groups before it are whole.
            if (run >= Group && (at - packed) % Group == 0)
            {
                AppendPacked(target, values[packed..at], width);
                AppendRun(target, values[at], run, width);
                at += run;
                packed = at;
            }
            else
            {
                // A long run after an uneven start gives its first values to the group before it.
                var toBorder = Group - ((at - packed) % Group);
                at += Math.Min(run, toBorder);
            }
        }

        AppendPacked(target, values[packed..], width);
    }

    private static int RunLength(ReadOnlySpan<int> values)
    {
        var run = values.IndexOfAnyExcept(values[0]);
        return run < 0 ? values.Length : run;
    }

    private static void AppendRun(Utf8Output target, int value, int count, int width)
    {
        AppendVarint(target, (uint)count << 1);
        for (var i = 0; i < (width + 7) / 8; i++) target.AppendByte((byte)(value >> (8 * i)));
    }

    private static void AppendPacked(Utf8Output target, ReadOnlySpan<int> values, int width)
    {
        if (values.IsEmpty) return;

        var groups = (values.Length + Group - 1) / Group;
        AppendVarint(target, ((uint)groups << 1) | 1);
        var bytes = target.Reserve((groups * width) + sizeof(uint));
        var word = 0UL;
        var (at, bits) = (0, 0);
        for (var i = 0; i < groups * Group; i++)
        {
            word |= (ulong)(uint)(i < values.Length ? values[i] : 0) << bits;
            bits += width;
            if (bits < 32) continue;

            BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], (uint)word);
            word >>= 32;
            at += sizeof(uint);
            bits -= 32;
        }

        // What is left of the last groups is whole bytes, and fewer than four.
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], (uint)word);
        target.Advance(groups * width);
    }

    private static void AppendVarint(Utf8Output target, uint value)
    {
        for (; value >= 0x80; value >>= 7) target.AppendByte((byte)(value | 0x80));

        target.AppendByte((byte)value);
    }
}
