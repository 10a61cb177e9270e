namespace InstructKit.Templating.Builtins;

/// <summary>Splits texts; the parts are slices.</summary>
internal static class TextSplitting
{
    public static ValueList Split(RenderContext context, Value text, Value separator, int limit, bool fromEnd)
    {
        if (separator.IsMissing || separator.IsNone) return fromEnd && limit >= 0 ? SpacesFromEnd(context, text, limit) : Spaces(context, text, limit);
        var needle = Coercion.Require(separator, "split");
        if (needle.IsEmpty) throw TemplateError.Value("empty separator");
        if (fromEnd && limit >= 0)
        {
            var parts = new ValueList();
            var end = text.TextLength;
            while (limit-- > 0)
            {
                var at = Utf8Text.LastIndexOf(context, text.TextSpan[..end], needle);
                if (at < 0) break;
                Add(context, parts, text.Slice(at + needle.Length, end - at - needle.Length));
                end = at;
            }

            Add(context, parts, text.Slice(0, end));
            parts.Span.Reverse();
            return parts;
        }

        var count = Utf8Text.Count(context, text.TextSpan, needle);
        if (limit >= 0) count = Math.Min(count, limit);
        context.Build((count + 1) * 24L);
        var all = new ValueList(count + 1);
        var start = 0;
        while (count-- > 0)
        {
            var at = Utf8Text.IndexOf(context, text.TextSpan[start..], needle);
            all.Add(text.Slice(start, at));
            start += at + needle.Length;
        }

        all.Add(text.Slice(start, text.TextLength - start));
        return all;
    }

    public static ValueList Lines(RenderContext context, Value text, bool keepEnds)
    {
        var lines = new ValueList();
        for (var at = 0; at < text.TextLength;)
        {
            var end = Utf8Text.FindLineBreak(text.TextSpan, at, out var size);
            Add(context, lines, text.Slice(at, end - at + (keepEnds ? size : 0)));
            at = end + size;
        }

        return lines;
    }

    public static Value Partition(RenderContext context, Value text, Value separator, bool fromEnd)
    {
        var needle = Coercion.Require(separator, "partition");
        if (needle.IsEmpty) throw TemplateError.Value("empty separator");
        var at = fromEnd ? Utf8Text.LastIndexOf(context, text.TextSpan, needle) : Utf8Text.IndexOf(context, text.TextSpan, needle);
        var none = text.Slice(0, 0);
        if (at < 0) return fromEnd ? Value.FromTuple(none, none, text) : Value.FromTuple(text, none, none);
        var after = at + needle.Length;
        return Value.FromTuple(text.Slice(0, at), text.Slice(at, needle.Length), text.Slice(after, text.TextLength - after));
    }

    private static ValueList Spaces(RenderContext context, Value text, int limit)
    {
        var parts = new ValueList();
        var span = text.TextSpan;
        var at = Utf8Text.SpacesAtStart(span);
        while (at < span.Length)
        {
            if (limit-- == 0)
            {
                Add(context, parts, text.Slice(at, span.Length - at));
                break;
            }

            var end = Utf8Text.FindSpace(span, at, out _);
            Add(context, parts, text.Slice(at, end - at));
            at = end + Utf8Text.SpacesAtStart(span[end..]);
        }

        return parts;
    }

    private static ValueList SpacesFromEnd(RenderContext context, Value text, int limit)
    {
        var words = Spaces(context, text, -1);
        if (words.Count <= limit) return words;
        var kept = words.Count - limit;
        var last = words[kept - 1];
        var parts = new ValueList();
        parts.Add(text.Slice(0, last.TextOffset + last.TextLength - text.TextOffset));
        parts.AddRange(words.Span[kept..]);
        return parts;
    }

    private static void Add(RenderContext context, ValueList parts, Value part)
    {
        context.Build(24);
        parts.Add(part);
    }
}
