using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace InstructKit.Sources.Json;

/// <summary>The text of JSON strings: reading escapes, and writing texts and rows.</summary>
internal static class JsonText
{
    private const int Replacement = 0xFFFD;

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

    /// <summary>The plain text of the inside of a valid JSON string: the slice itself if it has no escapes.</summary>
    public static ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> inside)
    {
        if (!inside.Contains((byte)'\\')) return inside;

        var plain = new byte[inside.Length];
        return plain.AsSpan(0, Decode(inside, plain));
    }

    /// <summary>Decodes the inside of a valid JSON string and returns the bytes written; a lone surrogate becomes U+FFFD.</summary>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target) => Decode(source, target, escape: false, out _);

    /// <summary>As above; with <paramref name="escape"/> the result is escaped again, in the form of <see cref="CellKind.EscapedText"/>. It
    /// is never longer than the source.</summary>
    /// <param name="escaped">Whether any byte of the result is part of an escape.</param>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target, bool escape, out bool escaped)
    {
        Span<byte> room = stackalloc byte[escape ? JsonEscapes.MinRoom : 0];
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
                JsonEscapes.Write([(byte)code], room, out var count);
                room[..count].CopyTo(target[written..]);
                written += count;
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
        for (var at = 0; JsonEscapes.FindLoneSurrogate(source[at..]) is >= 0 and var next;)
        {
            at += next;
            "ufffd"u8.CopyTo(target[(at + 1)..]);
            at += 6;
        }
    }

    /// <summary>Appends plain text as a JSON string with its quotes.</summary>
    public static void AppendString(RowBatch batch, ReadOnlySpan<byte> text)
    {
        batch.Append("\""u8);
        while (!text.IsEmpty)
        {
            text = text[JsonEscapes.Write(text, batch.Reserve(text.Length + JsonEscapes.MinRoom), out var written)..];
            batch.Append(written);
        }

        batch.Append("\""u8);
    }

    /// <summary>Appends cells as a JSON object and returns it.</summary>
    /// <param name="keys">Written before each cell: a brace or a comma, the name in quotes and a colon.</param>
    /// <param name="cells">Cells of the batch, with plain text.</param>
    public static Cell AppendObject(RowBatch batch, byte[][] keys, ReadOnlySpan<Cell> cells)
    {
        var start = batch.Used;
        for (var i = 0; i < keys.Length; i++)
        {
            batch.Append(keys[i]);

            // Room for any form of the text, so that the buffer does not move.
            batch.Reserve(checked((cells[i].Length * 6) + JsonEscapes.MinRoom + 2));
            switch (cells[i].Kind)
            {
                case CellKind.Text: AppendString(batch, batch.Bytes(cells[i])); break;
                case CellKind.True: batch.Append("true"u8); break;
                case CellKind.False: batch.Append("false"u8); break;
                case CellKind.Integer or CellKind.Float or CellKind.Json: batch.Append(batch.Bytes(cells[i])); break;
                default: batch.Append("null"u8); break;
            }
        }

        batch.Append(keys.Length == 0 ? "{}"u8 : "}"u8);
        return new Cell(CellKind.Json, start, batch.Used - start);
    }

    /// <summary>The keys of <see cref="AppendObject"/>.</summary>
    public static byte[][] KeysOf(IEnumerable<string> names)
    {
        using var batch = new RowBatch(0, 256);
        return [.. names.Select((name, i) =>
        {
            batch.Reset();
            batch.Append(i == 0 ? "{"u8 : ","u8);
            AppendString(batch, Encoding.UTF8.GetBytes(name));
            batch.Append(":"u8);
            return batch.Buffer[..batch.Used];
        })];
    }

    // The character that a surrogate forms with the following escape, or U+FFFD.
    private static int Pair(int high, ReadOnlySpan<byte> rest)
    {
        var low = high <= 0xDBFF && rest.StartsWith("\\u"u8) ? Hex4(rest[2..]) : -1;
        return low is >= 0xDC00 and <= 0xDFFF ? 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00) : Replacement;
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
