using System.Text;
using InstructKit.Templating.Values.Unicode;

namespace InstructKit.Templating.Builtins;

/// <summary>Where Python's <c>textwrap</c> may break a line: around blanks, after the hyphens of words, around dashes between words.</summary>
internal static class WordChunks
{
    /// <summary>The pieces of a line, in order and without gaps.</summary>
    public static List<(int Start, int End)> Divide(Rune[] line, bool breakHyphens)
    {
        List<(int Start, int End)> chunks = [];
        for (var at = 0; at < line.Length;)
        {
            var end = at;
            if (IsBlank(line, at)) while (IsBlank(line, end)) end++;
            else if (!breakHyphens) while (end < line.Length && !IsBlank(line, end)) end++;
            else end = DashEnd(line, at) is var dash and >= 0 ? dash : WordEnd(line, at);
            chunks.Add((at, end));
            at = end;
        }

        return chunks;
    }

    private static int WordEnd(Rune[] line, int start)
    {
        for (var at = start + 1; ; at++)
        {
            if (at >= line.Length || IsBlank(line, at)) return at;
            if (IsHyphenInWord(line, at)) return at + 1;
            if (DashEnd(line, at) >= 0) return at;
        }
    }

    /// <summary>End of two or more hyphens that stand between words; negative when none begin here.</summary>
    private static int DashEnd(Rune[] line, int at)
    {
        if (at == 0 || !IsWordOrPunctuation(line, at - 1)) return -1;
        var end = at;
        while (At(line, end) == '-') end++;
        return end - at >= 2 && IsWord(line, end) ? end : -1;
    }

    private static bool IsHyphenInWord(Rune[] line, int at)
    {
        if (At(line, at) != '-') return false;
        var before = (IsLetter(line, at - 2) && IsLetter(line, at - 1)) || (IsLetter(line, at - 3) && At(line, at - 2) == '-' && IsWordOrPunctuation(line, at - 1));
        return before && IsLetter(line, at + 1) && IsLetter(line, At(line, at + 2) == '-' ? at + 3 : at + 2);
    }

    private static int At(Rune[] line, int at) => (uint)at < (uint)line.Length ? line[at].Value : -1;

    // textwrap's own blanks: of ASCII only.
    private static bool IsBlank(Rune[] line, int at) => At(line, at) is ' ' or (>= '\t' and <= '\r');

    private static bool IsWord(Rune[] line, int at) => At(line, at) is var code and >= 0 && (code == '_' || UnicodeClass.IsAlphanumeric(code));

    private static bool IsLetter(Rune[] line, int at) => IsWord(line, at) && !UnicodeClass.IsDecimal(line[at].Value);

    private static bool IsWordOrPunctuation(Rune[] line, int at) => IsWord(line, at) || At(line, at) is '!' or '"' or '\'' or '&' or '.' or ',' or '?';
}
