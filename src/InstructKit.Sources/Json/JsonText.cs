using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace InstructKit.Sources.Json;

/// <summary>The text of JSON strings: reading escapes, and writing them the one way that <see cref="InstructKit.Cells.CellKind.EscapedText"/> promises.</summary>
internal static class JsonText
{
    private const int Replacement = 0xFFFD;

    private static readonly SearchValues<byte> Escaped = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    /// <summary>The value of four hexadecimal digits, or -1.</summary>
    public static int Hex4(ReadOnlySpan<byte> digits)
    {
        if (digits.Length < 4) return -1;

        var value = 0;
        for (var i = 0; i < 4; i++)
        {
            var c = digits[i];
            var digit = c switch
            {
                >= (byte)'0' and <= (byte)'9' => c - '0',
                >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
                _ => -1,
            };
            if (digit < 0) return -1;

            value = (value << 4) | digit;
        }

        return value;
    }

    /// <summary>True when our own writer would write this character as <c>\u00xx</c> with these very digits.</summary>
    public static bool IsCanonicalControl(int unit, ReadOnlySpan<byte> digits) =>
        unit < 0x20 && unit is not (8 or 9 or 10 or 12 or 13) && digits[3] is not (>= (byte)'A' and <= (byte)'F');

    /// <summary>Decodes the inside of a valid JSON string; a lone surrogate becomes U+FFFD. With <paramref name="escape"/> the result is escaped
    /// again, canonically; the result is never longer than the source. Returns the bytes written, and whether any of them is part of an escape.</summary>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target, bool escape, out bool escaped)
    {
        escaped = false;
        var written = 0;
        while (true)
        {
            var i = source.IndexOf((byte)'\\');
            if (i < 0)
            {
                source.CopyTo(target[written..]);
                return written + source.Length;
            }

            source[..i].CopyTo(target[written..]);
            written += i;
            source = source[i..];
            int code;
            if (source[1] == 'u')
            {
                code = Hex4(source[2..]);
                source = source[6..];
                if (code is >= 0xD800 and <= 0xDFFF)
                {
                    code = Pair(code, source);
                    source = code == Replacement ? source : source[6..];
                }
            }
            else
            {
                code = source[1] switch { (byte)'b' => 8, (byte)'f' => 12, (byte)'n' => 10, (byte)'r' => 13, (byte)'t' => 9, var c => c };
                source = source[2..];
            }

            if (escape && (code < 0x20 || code is '"' or '\\'))
            {
                escaped = true;
                written += WriteEscape((byte)code, target[written..]);
            }
            else
            {
                written += new Rune(code).EncodeToUtf8(target[written..]);
            }
        }
    }

    /// <summary>Copies JSON and writes <c>\ufffd</c>, which is as long, for every lone surrogate.</summary>
    public static void ReplaceSurrogates(ReadOnlySpan<byte> source, Span<byte> target)
    {
        source.CopyTo(target);
        for (var at = 0; source[at..].IndexOf((byte)'\\') is >= 0 and var next;)
        {
            at += next;
            var code = source[at + 1] == 'u' ? Hex4(source[(at + 2)..]) : -1;
            if (code is < 0xD800 or > 0xDFFF)
            {
                at += code < 0 ? 2 : 6;
                continue;
            }

            var isPair = Pair(code, source[(at + 6)..]) != Replacement;
            if (!isPair) "ufffd"u8.CopyTo(target[(at + 1)..]);

            at += isPair ? 12 : 6;
        }
    }

    /// <summary>Writes plain text as a JSON string with its quotes and returns the bytes written; room for <c>6 * length + 2</c> is needed.</summary>
    public static int Quote(ReadOnlySpan<byte> text, Span<byte> target)
    {
        var written = 0;
        target[written++] = (byte)'"';
        while (true)
        {
            var i = text.IndexOfAny(Escaped);
            var plain = i < 0 ? text : text[..i];
            plain.CopyTo(target[written..]);
            written += plain.Length;
            if (i < 0)
            {
                target[written++] = (byte)'"';
                return written;
            }

            written += WriteEscape(text[i], target[written..]);
            text = text[(i + 1)..];
        }
    }

    // The character that a surrogate forms with the following escape, or U+FFFD.
    private static int Pair(int high, ReadOnlySpan<byte> rest)
    {
        var low = high <= 0xDBFF && rest.StartsWith("\\u"u8) ? Hex4(rest[2..]) : -1;
        return low is >= 0xDC00 and <= 0xDFFF ? 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00) : Replacement;
    }

    private static int WriteEscape(byte code, Span<byte> target)
    {
        target[0] = (byte)'\\';
        var letter = code switch
        {
            8 => (byte)'b',
            9 => (byte)'t',
            10 => (byte)'n',
            12 => (byte)'f',
            13 => (byte)'r',
            (byte)'"' or (byte)'\\' => code,
            _ => (byte)0,
        };
        if (letter != 0)
        {
            target[1] = letter;
            return 2;
        }

        "u00"u8.CopyTo(target[1..]);
        target[4] = (byte)('0' + (code >> 4));
        target[5] = "0123456789abcdef"u8[code & 15];
        return 6;
    }
}

/// <summary>Finds what ends a run of plain characters in a JSON string: a quote, a backslash or a control character. Most of the time to read a row
/// is spent here, and the general search for a set of bytes is half as fast (it looks bytes up, and Native AOT compiles it for 16 at a time).</summary>
internal static class JsonStringEnd
{
    /// <summary>Offset of the first such byte at or after <paramref name="from"/>, or -1.</summary>
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
                    Avx2.Or(Avx2.CompareEqual(bytes, quote), Avx2.CompareEqual(bytes, backslash)), Avx2.CompareEqual(Avx2.Min(bytes, control), bytes));
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
