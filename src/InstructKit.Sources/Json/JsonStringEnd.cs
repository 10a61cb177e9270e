using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace InstructKit.Sources.Json;

/// <summary>
/// Finds what ends a run of plain characters in a JSON string: a quote, a backslash or a control character. Most of the time that a row takes to
/// be read is spent here, and the general search for a set of bytes is half as fast (it looks bytes up, and Native AOT compiles it for 16 at a time).
/// </summary>
internal static class JsonStringEnd
{
    /// <summary>Offset of the first such byte at or behind <paramref name="from"/>, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Find(ReadOnlySpan<byte> text, int from)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        var at = from;
        if (Avx2.IsSupported)
        {
            var quote = Vector256.Create((byte)'"');
            var backslash = Vector256.Create((byte)'\\');
            var control = Vector256.Create((byte)0x1f);
            for (; at <= text.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
            {
                var bytes = Unsafe.ReadUnaligned<Vector256<byte>>(ref Unsafe.Add(ref start, at));
                var found = Avx2.Or(
                    Avx2.Or(Avx2.CompareEqual(bytes, quote), Avx2.CompareEqual(bytes, backslash)),
                    Avx2.CompareEqual(Avx2.Min(bytes, control), bytes));
                var mask = (uint)Avx2.MoveMask(found);
                if (mask != 0) return at + BitOperations.TrailingZeroCount(mask);
            }
        }

        for (; at <= text.Length - Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            var bytes = Unsafe.ReadUnaligned<Vector128<byte>>(ref Unsafe.Add(ref start, at));
            var found = Vector128.Equals(bytes, Vector128.Create((byte)'"')) | Vector128.Equals(bytes, Vector128.Create((byte)'\\'))
                | Vector128.Equals(Vector128.Min(bytes, Vector128.Create((byte)0x1f)), bytes);
            var mask = found.ExtractMostSignificantBits();
            if (mask != 0) return at + BitOperations.TrailingZeroCount(mask);
        }

        for (; at < text.Length; at++)
        {
            if (text[at] is < 0x20 or (byte)'"' or (byte)'\\') return at;
        }

        return -1;
    }
}
