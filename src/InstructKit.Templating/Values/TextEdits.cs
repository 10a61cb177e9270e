using InstructKit.Templating.Rendering;

namespace InstructKit.Templating.Values;

/// <summary>Edits of texts that filters and methods share.</summary>
internal static class TextEdits
{
    /// <summary>Python's <c>replace</c>: at most <paramref name="count"/> occurrences, all when negative. An empty text is found between all characters.</summary>
    public static Value Replace(RenderContext context, Value text, ReadOnlySpan<byte> old, ReadOnlySpan<byte> with, int count)
    {
        var source = text.TextSpan;
        if (count == 0) return text;
        if (old.IsEmpty) return Intersperse(context, source, with, count);
        var at = source.IndexOf(old);
        if (at < 0) return text;
        var builder = new TextBuilder(context, source.Length + Math.Max(0, with.Length - old.Length));
        while (at >= 0 && count != 0)
        {
            builder.Append(source[..at]);
            builder.Append(with);
            source = source[(at + old.Length)..];
            count--;
            at = source.IndexOf(old);
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
