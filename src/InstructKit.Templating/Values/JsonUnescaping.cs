using System.Globalization;
using System.Text;

namespace InstructKit.Templating.Values;

/// <summary>Escapes of JSON strings.</summary>
internal static class JsonUnescaping
{
    /// <summary>Undoes the escapes; returns the length of the plain text, which is never longer.</summary>
    public static int Unescape(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var written = 0;
        while (true)
        {
            var at = source.IndexOf((byte)'\\');
            var plain = at < 0 ? source : source[..at];
            plain.CopyTo(target[written..]);
            written += plain.Length;
            if (at < 0) return written;
            source = source[(at + 1)..];
            if (source.IsEmpty) throw TemplateError.Value("the JSON string ends inside an escape");
            if (source[0] == 'u')
            {
                written += UnescapeUnicode(ref source, target[written..]);
                continue;
            }

            target[written++] = source[0] switch
            {
                (byte)'b' => 8,
                (byte)'f' => 12,
                (byte)'n' => 10,
                (byte)'r' => 13,
                (byte)'t' => 9,
                (byte)'"' or (byte)'\\' or (byte)'/' => source[0],
                _ => throw TemplateError.Value("the JSON string has an unknown escape"),
            };
            source = source[1..];
        }
    }

    private static int UnescapeUnicode(ref ReadOnlySpan<byte> source, Span<byte> target)
    {
        var first = Hex(source[1..]);
        source = source[5..];
        if (char.IsHighSurrogate(first) && source.Length >= 6 && source[0] == '\\' && source[1] == 'u' && char.IsLowSurrogate(Hex(source[2..])))
        {
            var second = Hex(source[2..]);
            source = source[6..];
            return new Rune(first, second).EncodeToUtf8(target);
        }

        return Rune.TryCreate(first, out var rune)
            ? rune.EncodeToUtf8(target)
            : throw TemplateError.Value("the JSON string holds half a surrogate pair, which UTF-8 cannot express");
    }

    private static char Hex(ReadOnlySpan<byte> digits) =>
        digits.Length >= 4 && ushort.TryParse(digits[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? (char)value
            : throw TemplateError.Value("the JSON string has a broken \\u escape");
}
