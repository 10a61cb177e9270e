using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace InstructKit.Text;

/// <summary>Writes text as the inside of a JSON string (RFC 8259, section 7): quotation marks, backslashes and control characters are escaped, by a letter
/// where there is one, and nothing else, as Python's <c>json.dumps(ensure_ascii=False)</c> does.</summary>
internal static class JsonEscapes
{
    /// <summary>Smallest target that may be written to.</summary>
    public const int MinRoom = (Longest * Width) + Width;

    private const int Width = 16;

    // \u00xx
    private const int Longest = 6;

    // The escape of each byte, first byte lowest, with its length in the highest byte. Zero for bytes that are not escaped.
    private static readonly ulong[] Escapes = [.. Enumerable.Range(0, 256).Select(value => Describe((byte)value))];

    /// <summary>Writes as much of a text as is certain to fit.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="target">Where to write; at least <see cref="MinRoom"/> bytes.</param>
    /// <param name="written">Bytes written.</param>
    /// <returns>Bytes of the text that were consumed; more than zero unless the text is empty.</returns>
    public static int Write(ReadOnlySpan<byte> text, Span<byte> target, out int written)
    {
        ref var from = ref MemoryMarshal.GetReference(text);
        ref var to = ref MemoryMarshal.GetReference(target);
        var room = target.Length - MinRoom;
        int read = 0, at = 0;

        for (; read <= text.Length - (2 * Width) && at <= room; read += Width) at = WriteBlock(ref from, read, Width, ref to, at);

        var rest = text[read..];
        if (rest.Length < 2 * Width)
        {
            // The last bytes, copied to a padded buffer so that full vectors can be read.
            Span<byte> last = stackalloc byte[3 * Width];
            rest.CopyTo(last);
            for (var i = 0; i < rest.Length && at <= room; i += Width)
            {
                var count = Math.Min(Width, rest.Length - i);
                at = WriteBlock(ref MemoryMarshal.GetReference(last), i, count, ref to, at);
                read += count;
            }
        }

        written = at;
        return read;
    }

    /// <summary>Length of a text as the inside of a JSON string, in bytes.</summary>
    public static int EscapedLength(ReadOnlySpan<byte> text)
    {
        var length = text.Length;
        while (text.Length >= Width)
        {
            for (var special = Find(Vector128.Create(text)); special != 0; special &= special - 1) length += (int)(Escapes[text[BitOperations.TrailingZeroCount(special)]] >> 56) - 1;
            text = text[Width..];
        }

        foreach (var value in text)
        {
            if (Escapes[value] != 0) length += (int)(Escapes[value] >> 56) - 1;
        }

        return length;
    }

    /// <summary>Decodes the escapes of the inside of any JSON string; returns the length of the plain text, which is never longer. A lone
    /// surrogate becomes U+FFFD.</summary>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> target)
    {
        var written = 0;
        while (true)
        {
            var at = escaped.IndexOf((byte)'\\');
            var plain = at < 0 ? escaped : escaped[..at];
            plain.CopyTo(target[written..]);
            written += plain.Length;
            if (at < 0) return written;

            escaped = escaped[at..];
            if (escaped[1] == 'u')
            {
                var rune = Rune.TryCreate(CodeOf(escaped, out var length), out var one) ? one : Rune.ReplacementChar;
                written += rune.EncodeToUtf8(target[written..]);
                escaped = escaped[length..];
                continue;
            }

            target[written++] = escaped[1] switch
            {
                (byte)'b' => 8,
                (byte)'f' => 12,
                (byte)'n' => 10,
                (byte)'r' => 13,
                (byte)'t' => 9,
                var letter => letter,
            };
            escaped = escaped[2..];
        }
    }

    /// <summary>Offset of the first escape in JSON that is a lone surrogate, which is not a character; -1 if there is none.</summary>
    public static int FindLoneSurrogate(ReadOnlySpan<byte> json)
    {
        for (var at = 0; json[at..].IndexOf((byte)'\\') is >= 0 and var next;)
        {
            at += next;
            var length = 2;
            if (json[at + 1] == 'u' && !Rune.IsValid(CodeOf(json[at..], out length))) return at;

            at += length;
        }

        return -1;
    }

    /// <summary>The plain text of the inside of a JSON string.</summary>
    public static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.Contains((byte)'\\')) return escaped;
        var plain = new byte[escaped.Length];
        return plain.AsSpan(0, Unescape(escaped, plain));
    }

    // Up to sixteen bytes are copied before they are inspected. After an escape the copy starts again, and so reaches beyond the sixteen.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WriteBlock(ref byte from, int read, int count, ref byte to, int at)
    {
        var special = Copy(ref from, read, ref to, at) & ((1u << count) - 1);
        var done = 0;
        for (; special != 0; special &= special - 1)
        {
            var next = BitOperations.TrailingZeroCount(special);
            at += next - done;
            at += WriteEscape(Escapes[Unsafe.Add(ref from, read + next)], ref to, at);
            done = next + 1;
            Copy(ref from, read + done, ref to, at);
        }

        return at + count - done;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Copy(ref byte from, int read, ref byte to, int at)
    {
        var bytes = Vector128.LoadUnsafe(ref from, (nuint)read);
        bytes.StoreUnsafe(ref to, (nuint)at);
        return Find(bytes);
    }

    // One bit for every byte that is escaped.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Find(Vector128<byte> bytes)
    {
        var special = Vector128.LessThan(bytes, Vector128.Create((byte)' '))
            | Vector128.Equals(bytes, Vector128.Create((byte)'"'))
            | Vector128.Equals(bytes, Vector128.Create((byte)'\\'));
        return special.ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WriteEscape(ulong escape, ref byte to, int at)
    {
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at), BitConverter.IsLittleEndian ? escape : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(escape));
        return (int)(escape >> 56);
    }

    // The code point of a \u escape, or of two that form a surrogate pair.
    private static int CodeOf(ReadOnlySpan<byte> escape, out int length)
    {
        length = Longest;
        var code = Unit(escape);
        if (code is < 0xD800 or > 0xDBFF || !escape[Longest..].StartsWith("\\u"u8) || Unit(escape[Longest..]) is not (>= 0xDC00 and <= 0xDFFF and var low)) return code;

        length = 2 * Longest;
        return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }

    private static int Unit(ReadOnlySpan<byte> escape) => (Nibble(escape[2]) << 12) | (Nibble(escape[3]) << 8) | (Nibble(escape[4]) << 4) | Nibble(escape[5]);

    private static int Nibble(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static ulong Describe(byte value)
    {
        var letter = value switch
        {
            (byte)'"' => '"',
            (byte)'\\' => '\\',
            (byte)'\b' => 'b',
            (byte)'\f' => 'f',
            (byte)'\n' => 'n',
            (byte)'\r' => 'r',
            (byte)'\t' => 't',
            _ => '\0',
        };
        var text = letter != 0 ? $"\\{letter}" : value < ' ' ? $"\\u00{value:x2}" : string.Empty;
        var escape = (ulong)text.Length << 56;
        for (var i = 0; i < text.Length; i++) escape |= (ulong)text[i] << (8 * i);

        return escape;
    }
}
