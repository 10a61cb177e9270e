using InstructKit.Templating.Rendering;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Builtins;

/// <summary>Padding of texts.</summary>
internal static class TextLayout
{
    public enum Side
    {
        Left,
        Right,
        Both,
    }

    /// <summary>Fills a text up to a width in code points, on the given side; both sides as <c>str.center</c> divides them.</summary>
    public static Value Pad(RenderContext context, Value text, int width, ReadOnlySpan<byte> fill, Side side)
    {
        var source = text.TextSpan;
        var missing = width - Utf8Text.Length(source);
        if (missing <= 0) return text;

        // CPython's str.center puts the odd blank left when both the gap and the width are odd.
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
