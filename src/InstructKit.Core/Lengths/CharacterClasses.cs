using System.Buffers;
using System.Runtime.CompilerServices;

namespace InstructKit.Lengths;

/// <summary>The character classes used in pre-tokenizer patterns, as bit sets: <c>\p{L}</c>, <c>\p{N}</c>, <c>\s</c>, <c>[\r\n]</c>, and the two sets
/// of o200k's pattern. A character without a bit, and a byte that is not UTF-8, is what <c>[^\s\p{L}\p{N}]</c> matches.</summary>
internal static class CharacterClasses
{
    /// <summary><c>\p{L}</c>.</summary>
    public const byte Letter = 1;

    /// <summary><c>\p{N}</c>.</summary>
    public const byte Number = 2;

    /// <summary><c>\s</c>, Unicode's White_Space.</summary>
    public const byte Space = 4;

    /// <summary><c>[\r\n]</c>; these are also spaces.</summary>
    public const byte Break = 8;

    /// <summary><c>[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]</c>.</summary>
    public const byte Upper = 16;

    /// <summary><c>[\p{Ll}\p{Lm}\p{Lo}\p{M}]</c>.</summary>
    public const byte Lower = 32;

    private static readonly byte[] Plane0 = [.. Enumerable.Range(0, 0x10000).Select(Of)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte At(ReadOnlySpan<byte> text, int position, out int length)
    {
        var first = text[position];
        if (first < 0x80)
        {
            length = 1;
            return Plane0[first];
        }

        return Decoded(text[position..], out length);
    }

    /// <summary>The first position at or after <paramref name="position"/> whose character has none of the classes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EndOfRun(ReadOnlySpan<byte> text, int position, byte classes)
    {
        while ((uint)position < (uint)text.Length && (At(text, position, out var length) & classes) != 0) position += length;

        return position;
    }

    private static byte Decoded(ReadOnlySpan<byte> text, out int length)
    {
        // Two and three bytes cover nearly all text; invalid bytes fall through to the strict decoder.
        var first = text[0];
        if (first is >= 0xC2 and < 0xE0 && text.Length > 1 && (text[1] & 0xC0) == 0x80)
        {
            length = 2;
            return Plane0[((first & 0x1F) << 6) | (text[1] & 0x3F)];
        }

        if (first is > 0xE0 and < 0xF0 and not 0xED && text.Length > 2 && (text[1] & 0xC0) == 0x80 && (text[2] & 0xC0) == 0x80)
        {
            length = 3;
            return Plane0[((first & 0x0F) << 12) | ((text[1] & 0x3F) << 6) | (text[2] & 0x3F)];
        }

        var isValid = Rune.DecodeFromUtf8(text, out var rune, out length) == OperationStatus.Done;
        return isValid ? rune.IsBmp ? Plane0[rune.Value] : Of(rune.Value) : (byte)0;
    }

    private static byte Of(int codePoint)
    {
        // Where \s and Unicode's White_Space agree: .NET's IsWhiteSpace is the same set, and it is inside plane 0.
        if (codePoint < 0x10000 && char.IsWhiteSpace((char)codePoint)) return codePoint is '\r' or '\n' ? (byte)(Space | Break) : Space;

        return CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => Letter | Upper,
            UnicodeCategory.LowercaseLetter => Letter | Lower,
            UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Letter | Upper | Lower,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => Upper | Lower,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Number,
            _ => 0,
        };
    }
}
