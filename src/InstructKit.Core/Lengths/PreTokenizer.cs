using static InstructKit.Lengths.CharacterClasses;

namespace InstructKit.Lengths;

/// <summary>Splits text into the pieces inside which byte pairs are merged. The patterns of the known tokenizers are matched by code on UTF-8: a regular
/// expression in .NET works on UTF-16 units and does not recognise letters beyond plane 0. The tests compare this code with the patterns
/// themselves.</summary>
internal abstract class PreTokenizer
{
    private static readonly Known[] All =
    [
        new("gpt2", @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", new Gpt2PreTokenizer()),
        new(
            "cl100k_base", @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
            new Cl100kPreTokenizer(3)),
        new(
            "qwen2", @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
            new Cl100kPreTokenizer(1)),
        new(
            "o200k_base",
            @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
            new O200kPreTokenizer(3, true)),
        new(
            "tekken",
            @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
            new O200kPreTokenizer(1, false)),
    ];

    /// <summary>The names of the known patterns.</summary>
    public static IEnumerable<string> Names => All.Select(known => known.Name);

    /// <summary>The known patterns by name, for tests.</summary>
    public static IEnumerable<(string Name, string Pattern)> Patterns => All.Select(known => (known.Name, known.Pattern));

    public static PreTokenizer? ByName(string name) => Array.Find(All, known => known.Name == name)?.PreTokenizer;

    /// <summary>The pre-tokenizer for exactly this pattern; null if unknown.</summary>
    public static PreTokenizer? ByPattern(string pattern) => Array.Find(All, known => known.Pattern == pattern)?.PreTokenizer;

    /// <summary>Where the piece that begins at <paramref name="start"/>, which is before the end of the text, ends.</summary>
    public abstract int Next(ReadOnlySpan<byte> text, int start);

    // \s+(?!\S)|\s+ : the white space up to the text's end, else all but its last character, which joins what follows, else that single character.
    private static int EndOfSpace(ReadOnlySpan<byte> text, int start, bool takesBreaks)
    {
        var (last, end, breakEnd) = (start, start, -1);
        while (end < text.Length)
        {
            var classes = At(text, end, out var length);
            if ((classes & Space) == 0) break;

            last = end;
            end += length;
            if ((classes & Break) != 0) breakEnd = end;
        }

        // \s*[\r\n]+ comes first if the pattern contains it.
        if (takesBreaks && breakEnd >= 0) return breakEnd;

        return end == text.Length || last == start ? end : last;
    }

    // The length of 's 't 're 've 'm 'll 'd at an apostrophe; 0 if there is none.
    private static int Contraction(ReadOnlySpan<byte> text, int start, bool ignoresCase)
    {
        var rest = text[start..];
        if (rest.Length < 2 || rest[0] != '\'') return 0;

        if (!ignoresCase) return Ending(rest[1], rest.Length > 2 ? rest[2] : (byte)0);

        // U+017F, the long s, is a case variant of s.
        if (rest.Length > 2 && rest[1] == 0xC5 && rest[2] == 0xBF) return 3;

        return Ending(Lowered(rest[1]), rest.Length > 2 ? Lowered(rest[2]) : (byte)0);

        static int Ending(byte first, byte second) => first switch
        {
            (byte)'s' or (byte)'t' or (byte)'m' or (byte)'d' => 2,
            (byte)'r' or (byte)'v' when second == 'e' => 3,
            (byte)'l' when second == 'l' => 3,
            _ => 0,
        };

        static byte Lowered(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
    }

    private static int Digits(ReadOnlySpan<byte> text, int position, int most)
    {
        for (; most > 0 && position < text.Length && (At(text, position, out var length) & Number) != 0; most--) position += length;

        return position;
    }

    private static int EndOfOthers(ReadOnlySpan<byte> text, int position)
    {
        while (position < text.Length && (At(text, position, out var length) & (Letter | Number | Space)) == 0) position += length;

        return position;
    }

    private sealed record Known(string Name, string Pattern, PreTokenizer PreTokenizer);

    private sealed class Gpt2PreTokenizer : PreTokenizer
    {
        public override int Next(ReadOnlySpan<byte> text, int start)
        {
            if (Contraction(text, start, ignoresCase: false) is > 0 and var contraction) return start + contraction;

            var classes = At(text, start, out var length);
            var next = start;
            if (text[start] == ' ' && start + 1 < text.Length && At(text, start + 1, out length) is var following && (following & Space) == 0)
                (classes, next) = (following, start + 1);

            return (classes & (Letter | Number | Space)) switch
            {
                Letter => EndOfRun(text, next + length, Letter),
                Number => EndOfRun(text, next + length, Number),
                Space => EndOfSpace(text, start, takesBreaks: false),
                _ => EndOfOthers(text, next + length),
            };
        }
    }

    private sealed class Cl100kPreTokenizer(int mostDigits) : PreTokenizer
    {
        public override int Next(ReadOnlySpan<byte> text, int start)
        {
            var classes = At(text, start, out var length);
            if ((classes & Letter) != 0) return EndOfRun(text, start + length, Letter);

            if ((classes & Number) != 0) return Digits(text, start, mostDigits);

            if (Contraction(text, start, ignoresCase: true) is > 0 and var contraction) return start + contraction;

            var next = start + length;
            var following = next < text.Length ? At(text, next, out length) : Space;
            if ((classes & Break) == 0 && (following & Letter) != 0) return EndOfRun(text, next + length, Letter);

            if ((classes & Space) == 0) return EndOfRun(text, EndOfOthers(text, next), Break);

            return text[start] == ' ' && (following & (Letter | Number | Space)) == 0
                ? EndOfRun(text, EndOfOthers(text, next + length), Break)
                : EndOfSpace(text, start, takesBreaks: true);
        }
    }

    private sealed class O200kPreTokenizer(int mostDigits, bool takesContractions) : PreTokenizer
    {
        public override int Next(ReadOnlySpan<byte> text, int start)
        {
            var classes = At(text, start, out var length);
            if ((classes & Number) != 0) return Digits(text, start, mostDigits);

            // A word, with one character before it that is not a letter, digit or line break (a mark is such a character and may begin a word as well).
            var next = start + length;
            var canPrefix = (classes & (Letter | Break)) == 0;
            var (prefixedEnd, prefixedUpper) = canPrefix ? Word(text, next) : (-1, next);
            var end = prefixedEnd;
            if (end < 0)
            {
                (end, var upper) = (classes & (Upper | Lower)) != 0 ? Word(text, start) : (-1, start);
                if (end < 0) end = canPrefix && prefixedUpper > next ? prefixedUpper : upper > start ? upper : -1;
            }

            if (end >= 0) return takesContractions ? end + Contraction(text, end, ignoresCase: true) : end;

            if ((classes & Space) == 0) return EndOfTail(text, EndOfOthers(text, next));

            return text[start] == ' ' && next < text.Length && (At(text, next, out length) & (Letter | Number | Space)) == 0
                ? EndOfTail(text, EndOfOthers(text, next + length))
                : EndOfSpace(text, start, takesBreaks: true);
        }

        // [Upper]*[Lower]+ with its backtracking: where it ends, or -1, and where the run of Upper ends.
        private static (int End, int UpperEnd) Word(ReadOnlySpan<byte> text, int start)
        {
            var (end, both) = (start, -1);
            while (end < text.Length)
            {
                var classes = At(text, end, out var length);
                if ((classes & Upper) == 0) break;

                end += length;
                if ((classes & Lower) != 0) both = end;
            }

            var lowerEnd = EndOfRun(text, end, Lower);
            return (lowerEnd > end ? lowerEnd : both, end);
        }

        private static int EndOfTail(ReadOnlySpan<byte> text, int position)
        {
            while (position < text.Length && text[position] is (byte)'\r' or (byte)'\n' or (byte)'/') position++;

            return position;
        }
    }
}
