using InstructKit.Templating.Values;

namespace InstructKit.Evaluation.Metrics;

/// <summary>Character classes and lower-casing as in CPython, because the reference metrics are Python: <c>\w</c> without marks but with all numbers,
/// <c>\s</c> with U+001C–U+001F, full lower-casing with the final sigma. Letters follow the Unicode version of the runtime.</summary>
internal static class PythonCharacters
{
    /// <summary>One of the 32 characters of Python's <c>string.punctuation</c>.</summary>
    public static bool IsAsciiPunctuation(byte value) => value is > 0x20 and < 0x7F && !char.IsAsciiLetterOrDigit((char)value);

    /// <summary><c>\w</c> of a Python text pattern: letters, numbers of every kind and the underscore.</summary>
    public static bool IsWord(int codePoint) => codePoint < 0x80
        ? codePoint == '_' || char.IsAsciiLetterOrDigit((char)codePoint)
        : CharUnicodeInfo.GetUnicodeCategory(codePoint) is <= UnicodeCategory.OtherLetter
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>Decodes the character at the start of the text; malformed bytes count as U+FFFD.</summary>
    /// <returns>Its length in bytes; at least 1.</returns>
    public static int Decode(ReadOnlySpan<byte> text, out int codePoint)
    {
        if (text[0] < 0x80)
        {
            codePoint = text[0];
            return 1;
        }

        Rune.DecodeFromUtf8(text, out var rune, out var length);
        codePoint = rune.Value;
        return length;
    }

    /// <summary>Length in bytes of the white space at the start of the text, 0 if there is none.</summary>
    public static int SpaceLength(ReadOnlySpan<byte> text)
    {
        // Only these lead bytes start a white-space character beyond ASCII.
        if (text[0] is >= 0x80 and not (0xC2 or 0xE1 or 0xE2 or 0xE3)) return 0;
        var length = Decode(text, out var codePoint);
        return UnicodeClass.IsSpace(codePoint) ? length : 0;
    }

    /// <summary>The text without trailing white space.</summary>
    public static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> text) => text[..Utf8Text.LengthWithoutSpacesAtEnd(text)];

    /// <summary>The text without leading and trailing white space.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => TrimEnd(text[Utf8Text.SpacesAtStart(text)..]);

    /// <summary>The text lower-cased as by <c>str.lower()</c>.</summary>
    /// <param name="output">Receives it; cleared first.</param>
    public static ReadOnlySpan<byte> Lower(ReadOnlySpan<byte> text, GrowableBuffer<byte> output)
    {
        output.Clear();
        // Lower-casing lengthens only U+0130, from two bytes to three, and Ⱥ and Ⱦ, likewise; malformed bytes become three.
        var room = output.Reserve(checked(text.Length * 3));
        var written = 0;
        for (var i = 0; i < text.Length;)
        {
            var value = text[i];
            if (value < 0x80)
            {
                room[written++] = (byte)(value is >= (byte)'A' and <= (byte)'Z' ? value | 0x20 : value);
                i++;
                continue;
            }

            var length = Decode(text[i..], out var codePoint);
            if (codePoint == 0x130)
            {
                "i\u0307"u8.CopyTo(room[written..]);
                written += 3;
            }
            else
            {
                var lower = codePoint == 0x3A3 && UnicodeCase.IsFinalSigma(text, i, length) ? new Rune(0x3C2) : Rune.ToLowerInvariant(new Rune(codePoint));
                written += lower.EncodeToUtf8(room[written..]);
            }

            i += length;
        }

        output.Advance(written);
        return output.Items;
    }
}
