namespace InstructKit.Templating.Builtins;

/// <summary>Case mappings that depend on the position in a word.</summary>
internal static class TextCase
{
    /// <summary><c>str.capitalize()</c>: the first character in title case, the rest in lower case.</summary>
    public static Value Capitalize(RenderContext context, ReadOnlySpan<byte> text) => UnicodeCase.Map(context, text, (at, _) => at == 0 ? CaseMapping.Title : CaseMapping.Lower);

    /// <summary>The <c>title</c> filter: words begin after whitespace and <c>- ( { [ &lt;</c>; the rest after the first character is mapped separately.</summary>
    public static Value TitleWords(RenderContext context, ReadOnlySpan<byte> text)
    {
        if (Ascii.IsValid(text)) return AsciiTitleWords(context, text);
        var target = new TextBuilder(context, text.Length + 8);
        while (!text.IsEmpty)
        {
            var gap = RunLength(text, isGap: true);
            target.Append(text[..gap]);
            var word = text.Slice(gap, RunLength(text[gap..], isGap: false));
            text = text[(gap + word.Length)..];
            var first = word.IsEmpty ? 0 : Utf8Text.SizeAt(word);
            UnicodeCase.Append(ref target, word[..first], (_, _) => CaseMapping.Upper);
            UnicodeCase.Append(ref target, word[first..], (_, _) => CaseMapping.Lower);
        }

        return target.Finish();
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
        var inWord = false;
        return UnicodeCase.Map(context, text, (_, code) =>
        {
            var mapping = inWord ? CaseMapping.Lower : CaseMapping.Title;
            inWord = UnicodeClass.IsUpper(code) || UnicodeClass.IsLower(code) || UnicodeClass.IsTitle(code);
            return mapping;
        });
    }

    public static Value SwapCase(RenderContext context, ReadOnlySpan<byte> text) =>
        UnicodeCase.Map(context, text, (_, code) => UnicodeClass.IsUpper(code) ? CaseMapping.Lower : UnicodeClass.IsLower(code) ? CaseMapping.Upper : null);

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
