using System.Text;
using InstructKit.Templating.Rendering;
using InstructKit.Templating.Values;
using InstructKit.Templating.Values.Unicode;

namespace InstructKit.Templating.Builtins;

/// <summary>Case mappings that depend on the place in a word.</summary>
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
            UnicodeCase.AppendOne(ref builder, text, at, used, rune.Value, at == 0 ? UnicodeCase.Mapping.Title : UnicodeCase.Mapping.Lower);
            at += used;
        }

        return builder.Finish();
    }

    /// <summary>The <c>title</c> filter: words begin after whitespace and <c>- ( { [ &lt;</c>; each is looked at alone.</summary>
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
                UnicodeCase.AppendOne(ref builder, tail, offset, used, rune.Value, at == 0 ? UnicodeCase.Mapping.Upper : UnicodeCase.Mapping.Lower);
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
            UnicodeCase.AppendOne(ref builder, text, at, used, rune.Value, inWord ? UnicodeCase.Mapping.Lower : UnicodeCase.Mapping.Title);
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
            if (UnicodeClass.IsUpper(rune.Value)) UnicodeCase.AppendOne(ref builder, text, at, used, rune.Value, UnicodeCase.Mapping.Lower);
            else if (UnicodeClass.IsLower(rune.Value)) UnicodeCase.AppendOne(ref builder, text, at, used, rune.Value, UnicodeCase.Mapping.Upper);
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
