using System.Text;
using InstructKit.Templating.Rendering;
using InstructKit.Templating.Values;
using InstructKit.Templating.Values.Unicode;

namespace InstructKit.Templating.Builtins;

/// <summary>The <c>wordwrap</c> filter: every line filled up to a width, long words cut, hyphens being places to break, as Python's <c>textwrap</c> does.</summary>
internal static class WordWrap
{
    public static Value Run(RenderContext context, Value self, scoped Arguments arguments)
    {
        var width = arguments.Int(0, 79);
        var breakLong = arguments.IsTrue(1, true);
        var breakHyphens = arguments.IsTrue(3, true);
        var isTrue = !arguments.Has(3) || (arguments[3].Kind == ValueKind.Boolean && breakHyphens); // textwrap divides at hyphens for True itself only
        var newline = arguments.Has(2) && !arguments[2].IsNone ? Soft.Require(arguments[2], "wordwrap") : "\n"u8;
        var text = Soft.Require(self, "wordwrap");
        if (width <= 0 && !text.IsEmpty) throw TemplateError.Value($"invalid width {width} (must be > 0)");
        context.Step(text.Length);
        var builder = new TextBuilder(context, text.Length + 16);
        for (var at = 0; at < text.Length;)
        {
            var end = Utf8Text.FindLineBreak(text, at, out var size);
            if (at > 0) builder.Append(newline);
            var line = Encoding.UTF8.GetString(text[at..end]).EnumerateRunes().ToArray();
            context.Build(line.Length * 8L);
            WrapLine(context, line, WordChunks.Divide(line, isTrue), width, breakLong, breakHyphens, newline, ref builder);
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

    /// <summary>How much of a word that is too long goes on this line: what fits, or up to a hyphen in it.</summary>
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
