using System.Text.Unicode;

namespace InstructKit.Evaluation.Metrics;

/// <summary>Character classes and lower-casing as in CPython, because the reference metrics are Python: <c>\w</c> without marks but with all numbers,
/// <c>\s</c> with U+001C–U+001F, full lower-casing with the final sigma. Classes follow the Unicode version of the runtime.</summary>
internal static class PythonCharacters
{
    private static readonly bool[] AsciiSpace = Table(static c => c is >= 0x09 and <= 0x0D or >= 0x1C and <= 0x20);
    private static readonly bool[] AsciiPunctuation = Table(static c => c is > 0x20 and < 0x7F && !char.IsAsciiLetterOrDigit((char)c));
    private static readonly bool[] AsciiWord = Table(static c => c == '_' || char.IsAsciiLetterOrDigit((char)c));

    /// <summary>One of the 32 characters of Python's <c>string.punctuation</c>.</summary>
    public static bool IsAsciiPunctuation(byte value) => value < 0x80 && AsciiPunctuation[value];

    /// <summary>White space of <c>str.split()</c>.</summary>
    public static bool IsSpace(int codePoint) => codePoint < 0x80
        ? AsciiSpace[codePoint]
        : codePoint is 0x85 or 0xA0 or 0x1680 or >= 0x2000 and <= 0x200A or 0x2028 or 0x2029 or 0x202F or 0x205F or 0x3000;

    /// <summary><c>\w</c> of a Python text pattern: letters, numbers of every kind and the underscore.</summary>
    public static bool IsWord(int codePoint)
    {
        if (codePoint < 0x80) return AsciiWord[codePoint];
        return CharUnicodeInfo.GetUnicodeCategory(codePoint) is <= UnicodeCategory.OtherLetter
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
    }

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
        var first = text[0];
        if (first < 0x80) return AsciiSpace[first] ? 1 : 0;
        // Only these lead bytes start a white-space character beyond ASCII.
        if (first is not (0xC2 or 0xE1 or 0xE2 or 0xE3)) return 0;
        var length = Decode(text, out var codePoint);
        return IsSpace(codePoint) ? length : 0;
    }

    /// <summary>Number of code points; malformed bytes count as the replacement characters that decoding gives.</summary>
    public static int Length(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text))
        {
            var count = 0;
            for (var i = 0; i < text.Length; i += Decode(text[i..], out _)) count++;
            return count;
        }

        var continuation = 0;
        foreach (var value in text) continuation += (value & 0xC0) == 0x80 ? 1 : 0;
        return text.Length - continuation;
    }

    /// <summary>The text without trailing white space.</summary>
    public static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            if (text[^1] < 0x80)
            {
                if (!AsciiSpace[text[^1]]) break;
                text = text[..^1];
                continue;
            }

            Rune.DecodeLastFromUtf8(text, out var rune, out var length);
            if (!IsSpace(rune.Value)) break;
            text = text[..^length];
        }

        return text;
    }

    /// <summary>The text without leading and trailing white space.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        text = TrimEnd(text);
        while (!text.IsEmpty && SpaceLength(text) is var space and > 0) text = text[space..];
        return text;
    }

    /// <summary>Appends the text lower-cased as by <c>str.lower()</c>.</summary>
    public static void AppendLower(ReadOnlySpan<byte> text, GrowableBuffer<byte> output)
    {
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
                var lower = codePoint == 0x3A3 && IsFinalSigma(text[..i], text[(i + length)..]) ? new Rune(0x3C2) : Rune.ToLowerInvariant(new Rune(codePoint));
                written += lower.EncodeToUtf8(room[written..]);
            }

            i += length;
        }

        output.Advance(written);
    }

    /// <summary>A sigma at the end of a word: preceded but not followed by a cased character, skipping ignorable ones.</summary>
    private static bool IsFinalSigma(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        var preceded = false;
        while (!before.IsEmpty)
        {
            Rune.DecodeLastFromUtf8(before, out var rune, out var length);
            before = before[..^length];
            if (IsCaseIgnorable(rune.Value)) continue;
            preceded = IsCased(rune.Value);
            break;
        }

        if (!preceded) return false;
        while (!after.IsEmpty)
        {
            after = after[Decode(after, out var codePoint)..];
            if (!IsCaseIgnorable(codePoint)) return !IsCased(codePoint);
        }

        return true;
    }

    // Derived properties of the Unicode character database: Cased, Case_Ignorable.
    private static bool IsCased(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter => true,
        _ => codePoint is 0xAA or 0xBA or >= 0x2160 and <= 0x217F or >= 0x24B6 and <= 0x24E9
            or >= 0x1F130 and <= 0x1F149 or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189,
    };

    private static bool IsCaseIgnorable(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol => true,
        _ => codePoint is '\'' or '.' or ':' or 0xB7 or 0x387 or 0x55F or 0x5F4 or 0x2018 or 0x2019 or 0x2024 or 0x2027
            or 0xFE13 or 0xFE52 or 0xFE55 or 0xFF07 or 0xFF0E or 0xFF1A,
    };

    private static bool[] Table(Func<int, bool> test)
    {
        var table = new bool[0x80];
        for (var i = 0; i < table.Length; i++) table[i] = test(i);
        return table;
    }
}
