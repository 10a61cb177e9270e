namespace InstructKit.Templating.Builtins;

/// <summary>Case mappings that depend on the position in a word.</summary>
internal static class TextCase
{
    /// <summary><c>str.capitalize()</c>: the first character in title case, the rest in lower case.</summary>
    public static Value Capitalize(RenderContext context, ReadOnlySpan<byte> text)
    {
        if (Ascii.IsValid(text) && !text.IsEmpty)
        {
            var target = context.ReserveText(text.Length);
            Ascii.ToLower(text, target, out var written);
            target[0] = (byte)char.ToUpperInvariant((char)target[0]);
            return context.CommitText(written);
        }

        var builder = new TextBuilder(context, text.Length + 8);
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf8(text[at..], out var rune, out var used);
            UnicodeCase.AppendOne(ref builder, text, at, used, rune.Value, at == 0 ? CaseMapping.Title : CaseMapping.Lower);
            at += used;
        }

        return builder.Finish();
    }

    /// <summary>The <c>title</c> filter: words begin after whitespace and <c>- ( { [ &lt;</c>; each is mapped separately.</summary>
    public static Value TitleWords(RenderContext context, ReadOnlySpan<byte> text)
    {
        if (Ascii.IsValid(text)) return AsciiTitleWords(context, text);
        var builder = new TextBuilder(context, text.Length + 8);
        while (!text.IsEmpty)
        {
            var gap = RunLength(text, isGap: true);
            builder.Append(text[..gap]);
            text = text[gap..];
            var word = text[..RunLength(text, isGap: false)];
            for (var at = 0; at < word.Length;)
            {
                Rune.DecodeFromUtf8(word[at..], out var rune, out var used);
                var tail = at == 0 ? word : word[Utf8Text.SizeAt(word)..];
                var offset = at == 0 ? 0 : at - Utf8Text.SizeAt(word);
                UnicodeCase.AppendOne(ref builder, tail, offset, used, rune.Value, at == 0 ? CaseMapping.Upper : CaseMapping.Lower);
                at += used;
            }

            text = text[word.Length..];
        }

        return builder.Finish();
    }

    private static Value AsciiTitleWords(RenderContext context, ReadOnlySpan<byte> text)
    {
        var target = context.ReserveText(text.Length);
        Ascii.ToLower(text, target, out _);
        var begins = true;
        for (var i = 0; i < text.Length; i++)
        {
            if (begins) target[i] = (byte)char.ToUpperInvariant((char)target[i]);
            begins = text[i] is (byte)'-' or (byte)'(' or (byte)'{' or (byte)'[' or (byte)'<' || UnicodeClass.IsSpace(text[i]);
        }

        return context.CommitText(text.Length);
    }

    /// <summary><c>str.title()</c>: a word begins after anything that is not cased.</summary>
    public static Value Title(RenderContext context, ReadOnlySpan<byte> text)
    {
        var builder = new TextBuilder(context, text.Length + 8);
        var inWord = false;
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf8(text[at..], out var rune, out var used);
            UnicodeCase.AppendOne(ref builder, text, at, used, rune.Value, inWord ? CaseMapping.Lower : CaseMapping.Title);
            inWord = IsCased(rune.Value);
            at += used;
        }

        return builder.Finish();
    }

    public static Value SwapCase(RenderContext context, ReadOnlySpan<byte> text)
    {
        var builder = new TextBuilder(context, text.Length + 8);
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf8(text[at..], out var rune, out var used);
            if (UnicodeClass.IsUpper(rune.Value)) UnicodeCase.AppendOne(ref builder, text, at, used, rune.Value, CaseMapping.Lower);
            else if (UnicodeClass.IsLower(rune.Value)) UnicodeCase.AppendOne(ref builder, text, at, used, rune.Value, CaseMapping.Upper);
            else builder.Append(text.Slice(at, used));
            at += used;
        }

        return builder.Finish();
    }

    public static bool IsCased(int code) => UnicodeClass.IsUpper(code) || UnicodeClass.IsLower(code) || UnicodeClass.IsTitle(code);

    private static int RunLength(ReadOnlySpan<byte> text, bool isGap)
    {
        var at = 0;
        while (at < text.Length)
        {
            Rune.DecodeFromUtf8(text[at..], out var rune, out var used);
            var here = rune.Value is '-' or '(' or '{' or '[' or '<' || UnicodeClass.IsSpace(rune.Value);
            if (here != isGap) break;
            at += used;
        }

        return at;
    }
}

/// <summary>Text padding.</summary>
internal static class TextLayout
{
    public enum Side
    {
        Left,
        Right,
        Both,
    }

    /// <summary>Pads a text to a width in code points, on the given side; for both sides divided as in <c>str.center</c>.</summary>
    public static Value Pad(RenderContext context, Value text, int width, ReadOnlySpan<byte> fill, Side side)
    {
        var source = text.TextSpan;
        var missing = width - Utf8Text.Length(source);
        if (missing <= 0) return text;

        // CPython's str.center puts the odd blank on the left when both the gap and the width are odd.
        var left = side switch { Side.Left => missing, Side.Right => 0, _ => (missing / 2) + (missing & width & 1) };
        var target = context.ReserveText(source.Length + ((long)missing * fill.Length));
        var at = 0;
        for (var i = 0; i < left; i++, at += fill.Length) fill.CopyTo(target[at..]);
        source.CopyTo(target[at..]);
        at += source.Length;
        for (var i = left; i < missing; i++, at += fill.Length) fill.CopyTo(target[at..]);
        return context.CommitText(at);
    }
}
