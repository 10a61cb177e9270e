using System.Buffers;

namespace InstructKit.Templating.Values;

/// <summary>Code-point operations on UTF-8 text. A byte that begins no valid sequence counts as one code point.</summary>
internal static class Utf8Text
{
    // The first bytes of all spaces, and of all line breaks.
    private static readonly bool[] SpaceLeads = Table([.. "\t\n\v\f\r\u001c\u001d\u001e\u001f "u8, 0xc2, 0xe1, 0xe2, 0xe3]);
    private static readonly bool[] LineBreakLeads = Table([.. "\n\v\f\r\u001c\u001d\u001e"u8, 0xc2, 0xe2]);

    public static int Length(ReadOnlySpan<byte> text)
    {
        if (Ascii.IsValid(text)) return text.Length;
        var count = 0;
        foreach (var unit in text) count += (unit & 0xc0) != 0x80 ? 1 : 0;
        return count;
    }

    /// <summary>Size in bytes of the code point that begins at the front of a text.</summary>
    public static int SizeAt(ReadOnlySpan<byte> text)
    {
        var size = 1;
        while (size < text.Length && (text[size] & 0xc0) == 0x80) size++;
        return size;
    }

    /// <summary>Byte offset of a code point; the text's length when it has fewer.</summary>
    public static int OffsetOf(ReadOnlySpan<byte> text, int index)
    {
        var at = 0;
        while (index > 0 && at < text.Length)
        {
            at++;
            while (at < text.Length && (text[at] & 0xc0) == 0x80) at++;
            index--;
        }

        return at;
    }

    /// <summary>First occurrence of a text in another; negative when there is none. Charged for the bytes examined: a long text that almost matches everywhere
    /// costs the product of the lengths.</summary>
    public static int IndexOf(RenderContext context, ReadOnlySpan<byte> text, ReadOnlySpan<byte> wanted)
    {
        const int Head = 64;
        if (wanted.Length <= Head)
        {
            var found = text.IndexOf(wanted);
            context.StepBytes(found < 0 ? text.Length : found);
            return found;
        }

        for (var from = 0; from <= text.Length - wanted.Length; from++)
        {
            var next = text[from..].IndexOf(wanted[..Head]);
            context.StepBytes(next < 0 ? text.Length - from : next);
            if (next < 0) return -1;
            from += next;
            var common = text[from..].CommonPrefixLength(wanted);
            context.Step(1 + (common >> 6));
            if (common == wanted.Length) return from;
        }

        return -1;
    }

    /// <summary>Like <see cref="IndexOf"/>, from the end; for long texts the worst case is charged at once.</summary>
    public static int LastIndexOf(RenderContext context, ReadOnlySpan<byte> text, ReadOnlySpan<byte> wanted)
    {
        if (wanted.Length > 64) context.Step((text.Length >> 6) * (wanted.Length >> 6));
        var found = text.LastIndexOf(wanted);
        context.StepBytes(text.Length - Math.Max(0, found));
        return found;
    }

    /// <summary>Number of non-overlapping occurrences of a text in another.</summary>
    public static int Count(RenderContext context, ReadOnlySpan<byte> text, ReadOnlySpan<byte> wanted)
    {
        if (wanted.Length <= 64)
        {
            context.StepBytes(text.Length);
            return text.Count(wanted);
        }

        var count = 0;
        for (var at = IndexOf(context, text, wanted); at >= 0; at = IndexOf(context, text, wanted), count++) text = text[(at + wanted.Length)..];
        return count;
    }

    public static Value TrimSpaces(Value text, bool start, bool end)
    {
        var span = text.TextSpan;
        var from = 0;
        var to = span.Length;
        if (start) from = SpacesAtStart(span);
        if (end) to = from + LengthWithoutSpacesAtEnd(span[from..]);
        return text.Slice(from, to - from);
    }

    public static Value TrimCharacters(RenderContext context, Value text, ReadOnlySpan<byte> characters, bool start, bool end)
    {
        var span = text.TextSpan;
        var from = 0;
        var to = span.Length;
        while (start && from < to && characters.IndexOf(span.Slice(from, SizeAt(span[from..]))) >= 0)
        {
            context.StepBytes(characters.Length);
            from += SizeAt(span[from..]);
        }

        while (end && from < to)
        {
            var last = LastStart(span[from..to]) + from;
            context.StepBytes(characters.Length);
            if (characters.IndexOf(span[last..to]) < 0) break;
            to = last;
        }

        return text.Slice(from, to - from);
    }

    public static int SpacesAtStart(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (at < text.Length && SpaceLeads[text[at]] && Rune.DecodeFromUtf8(text[at..], out var rune, out var used) == OperationStatus.Done && UnicodeClass.IsSpace(rune.Value)) at += used;
        return at;
    }

    public static int LengthWithoutSpacesAtEnd(ReadOnlySpan<byte> text)
    {
        var to = text.Length;
        while (Rune.DecodeLastFromUtf8(text[..to], out var rune, out var used) == OperationStatus.Done && UnicodeClass.IsSpace(rune.Value)) to -= used;
        return to;
    }

    /// <summary>Offset of the next space at or after a position, and its size; the text's length and 0 when there is none.</summary>
    public static int FindSpace(ReadOnlySpan<byte> text, int from, out int size) => Find(text, from, SpaceLeads, UnicodeClass.IsSpace, out size);

    /// <summary>Offset of the next line break at or after a position, and its size; the text's length and 0 when there is none.</summary>
    public static int FindLineBreak(ReadOnlySpan<byte> text, int from, out int size)
    {
        var at = Find(text, from, LineBreakLeads, UnicodeClass.IsLineBreak, out size);
        if (text[at..] is [(byte)'\r', (byte)'\n', ..]) size = 2;
        return at;
    }

    private static bool[] Table(ReadOnlySpan<byte> leads)
    {
        var table = new bool[256];
        foreach (var lead in leads) table[lead] = true;
        return table;
    }

    // Words are short: a look at each byte costs less than a search.
    private static int Find(ReadOnlySpan<byte> text, int from, bool[] leads, Predicate<int> isWanted, out int size)
    {
        for (var at = from; at < text.Length; at += size)
        {
            size = 1;
            if (!leads[text[at]]) continue;
            if (Rune.DecodeFromUtf8(text[at..], out var rune, out size) == OperationStatus.Done && isWanted(rune.Value)) return at;
        }

        size = 0;
        return text.Length;
    }

    /// <summary>Start of the last code point.</summary>
    public static int LastStart(ReadOnlySpan<byte> text)
    {
        var at = text.Length - 1;
        while (at > 0 && (text[at] & 0xc0) == 0x80) at--;
        return at;
    }
}

/// <summary>Text edits shared by filters and methods.</summary>
internal static class TextEdits
{
    /// <summary>Python's <c>replace</c>: at most <paramref name="count"/> occurrences, all when negative. An empty text matches between all characters.</summary>
    public static Value Replace(RenderContext context, Value text, ReadOnlySpan<byte> old, ReadOnlySpan<byte> with, int count)
    {
        var source = text.TextSpan;
        if (count == 0) return text;
        if (old.IsEmpty) return Intersperse(context, source, with, count);
        var at = Utf8Text.IndexOf(context, source, old);
        if (at < 0) return text;
        var builder = new TextBuilder(context, source.Length + Math.Max(0, with.Length - old.Length));
        while (at >= 0 && count != 0)
        {
            builder.Append(source[..at]);
            builder.Append(with);
            source = source[(at + old.Length)..];
            count--;
            at = Utf8Text.IndexOf(context, source, old);
        }

        builder.Append(source);
        return builder.Finish();
    }

    private static Value Intersperse(RenderContext context, ReadOnlySpan<byte> source, ReadOnlySpan<byte> with, int count)
    {
        var builder = new TextBuilder(context, source.Length + with.Length);
        while (count != 0 && !source.IsEmpty)
        {
            builder.Append(with);
            var size = Utf8Text.SizeAt(source);
            builder.Append(source[..size]);
            source = source[size..];
            count--;
        }

        if (count != 0) builder.Append(with);
        builder.Append(source);
        return builder.Finish();
    }
}
