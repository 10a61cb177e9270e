using System.Text;

namespace InstructKit.Templating;

/// <summary>The <c>wordwrap</c> filter: every line filled up to a width, long words cut, hyphens being places to break.</summary>
internal static class WordWrap
{
    public static Value Run(RenderContext context, Value self, scoped Arguments arguments)
    {
        var width = arguments.Int(0, 79);
        var breakLong = arguments.IsTrue(1, true);
        var breakHyphens = arguments.IsTrue(3, true);
        var newline = arguments.Has(2) && !arguments[2].IsNone ? Soft.Text(context, arguments[2]).ToString() : "\n";
        var text = Soft.Require(self, "wordwrap");
        if (width <= 0) throw TemplateFault.Value($"invalid width {width} (must be > 0)");
        context.Step(text.Length);
        var builder = new TextBuilder(context, text.Length + 16);
        var first = true;
        for (var at = 0; at < text.Length;)
        {
            var end = Utf8Text.FindLineBreak(text, at, out var size);
            if (!first) builder.Append(newline);
            first = false;
            WrapLine(Encoding.UTF8.GetString(text[at..end]), width, breakLong, breakHyphens, newline, ref builder);
            at = end + size;
        }

        return builder.Finish();
    }

    private static void WrapLine(string line, int width, bool breakLong, bool breakHyphens, string newline, ref TextBuilder target)
    {
        var chunks = new Queue<string>(Chunks(line, breakHyphens));
        var pending = string.Empty;
        var firstLine = true;
        while (chunks.Count > 0 || pending.Length > 0)
        {
            var current = new StringBuilder();
            var length = 0;
            var next = pending.Length > 0 ? pending : chunks.Dequeue();
            pending = string.Empty;
            if (!firstLine && string.IsNullOrWhiteSpace(next) && chunks.Count > 0) next = chunks.Dequeue();
            while (true)
            {
                var size = CodePoints(next);
                if (length + size > width)
                {
                    pending = next;
                    break;
                }

                current.Append(next);
                length += size;
                if (chunks.Count == 0) break;
                next = chunks.Dequeue();
            }

            if (pending.Length > 0 && CodePoints(pending) > width) CutLongWord(ref pending, current, width - length, breakLong);
            var text = current.ToString();
            var trimmed = text.TrimEnd();
            if (trimmed.Length == 0 && chunks.Count == 0 && pending.Length == 0 && !firstLine) break;
            if (trimmed.Length == 0 && !firstLine) continue;
            if (!firstLine) target.Append(newline);
            target.Append(trimmed.Length == 0 && firstLine && chunks.Count == 0 && pending.Length == 0 ? string.Empty : trimmed);
            firstLine = false;
        }
    }

    private static void CutLongWord(ref string pending, StringBuilder current, int space, bool breakLong)
    {
        if (breakLong)
        {
            var room = Math.Max(1, space);
            var cut = 0;
            for (var i = 0; i < room && cut < pending.Length; i++) cut += char.IsHighSurrogate(pending[cut]) ? 2 : 1;
            current.Append(pending.AsSpan(0, cut));
            pending = pending[cut..];
        }
        else if (current.Length == 0)
        {
            current.Append(pending);
            pending = string.Empty;
        }
    }

    /// <summary>Words and the whitespace between them; words also divided after hyphens between letters.</summary>
    private static IEnumerable<string> Chunks(string line, bool breakHyphens)
    {
        var start = 0;
        for (var i = 1; i <= line.Length; i++)
        {
            var border = i == line.Length || char.IsWhiteSpace(line[i]) != char.IsWhiteSpace(line[i - 1]) || (breakHyphens && IsAfterHyphen(line, i));
            if (!border) continue;
            yield return line[start..i];
            start = i;
        }
    }

    private static bool IsAfterHyphen(string line, int at) =>
        line[at - 1] == '-' && at >= 3 && at < line.Length && char.IsLetter(line[at - 2]) && char.IsLetter(line[at - 3]) && char.IsLetter(line[at]);

    private static int CodePoints(string text)
    {
        var count = text.Length;
        foreach (var unit in text) count -= char.IsLowSurrogate(unit) ? 1 : 0;
        return count;
    }
}
