namespace InstructKit.Templating.Builtins;

/// <summary>The <c>wordwrap</c> filter: fills every line up to a width, splits long words and breaks at hyphens, like Python's <c>textwrap</c>.</summary>
internal static class WordWrap
{
    public static Value Run(RenderContext context, Value self, scoped Arguments arguments)
    {
        var width = arguments.Int(0, 79);
        var breakLong = arguments.IsTrue(1, true);
        var breakHyphens = arguments.IsTrue(3, true);
        var divides = !arguments.Has(3) || (arguments[3].Kind == ValueKind.Boolean && breakHyphens); // textwrap breaks at hyphens only for True itself
        var newline = arguments.Has(2) && !arguments[2].IsNone ? Coercion.Require(arguments[2], "wordwrap") : "\n"u8;
        var text = Coercion.Require(self, "wordwrap");
        if (width <= 0 && !text.IsEmpty) throw TemplateError.Value($"invalid width {width} (must be > 0)");
        context.Step(text.Length);
        var builder = new TextBuilder(context, text.Length + 16);
        for (var at = 0; at < text.Length;)
        {
            var end = Utf8Text.FindLineBreak(text, at, out var size);
            if (at > 0) builder.Append(newline);
            var line = Encoding.UTF8.GetString(text[at..end]).EnumerateRunes().ToArray();
            context.Build(line.Length * 8L);
            WrapLine(context, line, WordChunks.Divide(line, divides), width, breakLong, breakHyphens, newline, ref builder);
            at = end + size;
        }

        return builder.Finish();
    }

    private static void WrapLine(
        RenderContext context, Rune[] line, List<(int Start, int End)> chunks, int width, bool breakLong, bool breakHyphens, ReadOnlySpan<byte> newline, ref TextBuilder target)
    {
        var isFirst = true;
        var next = 0; // index of the next chunk
        while (next < chunks.Count)
        {
            context.Step();
            if (!isFirst && IsBlank(line, chunks[next])) next++;
            if (next == chunks.Count) break;
            var (start, end, last) = (chunks[next].Start, chunks[next].Start, chunks[next].Start); // of the output line, and of its last piece
            while (next < chunks.Count && chunks[next].End - start <= width)
            {
                (last, end) = chunks[next];
                next++;
            }

            if (next < chunks.Count && chunks[next].End - chunks[next].Start > width)
            {
                if (breakLong)
                {
                    var cut = CutLength(line, chunks[next], width - (end - start), breakHyphens);
                    (last, end) = (chunks[next].Start, chunks[next].Start + cut);
                    chunks[next] = (end, chunks[next].End);
                }
                else if (end == start)
                {
                    (last, end) = chunks[next];
                    next++;
                }
            }

            if (IsBlank(line, (last, end))) end = last;
            if (end == start && last == start) continue;
            if (!isFirst) target.Append(newline);
            isFirst = false;
            for (var i = start; i < end; i++) target.AppendRune(line[i].Value);
        }
    }

    /// <summary>Length of the part of an overlong word that fits on this line, possibly ending at a hyphen.</summary>
    private static int CutLength(Rune[] line, (int Start, int End) chunk, int space, bool breakHyphens)
    {
        if (!breakHyphens || chunk.End - chunk.Start <= space) return space;
        var hyphen = space - 1;
        while (hyphen > 0 && line[chunk.Start + hyphen].Value != '-') hyphen--;
        for (var i = 0; i < hyphen; i++)
        {
            if (line[chunk.Start + i].Value != '-') return hyphen + 1;
        }

        return space;
    }

    private static bool IsBlank(Rune[] line, (int Start, int End) chunk)
    {
        for (var i = chunk.Start; i < chunk.End; i++)
        {
            if (!UnicodeClass.IsSpace(line[i].Value)) return false;
        }

        return true;
    }
}

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

    /// <summary>End of two or more hyphens between words; negative when none begin here.</summary>
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

    // textwrap's own blanks: ASCII only.
    private static bool IsBlank(Rune[] line, int at) => At(line, at) is ' ' or (>= '\t' and <= '\r');

    private static bool IsWord(Rune[] line, int at) => At(line, at) is var code and >= 0 && (code == '_' || UnicodeClass.IsAlphanumeric(code));

    private static bool IsLetter(Rune[] line, int at) => IsWord(line, at) && !UnicodeClass.IsDecimal(line[at].Value);

    private static bool IsWordOrPunctuation(Rune[] line, int at) => IsWord(line, at) || At(line, at) is '!' or '"' or '\'' or '&' or '.' or ',' or '?';
}
