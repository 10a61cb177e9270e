namespace InstructKit.Templating.Dialects;

/// <summary>Distinguishes the separators <c>|||</c> of a template from those in data. As in promptsource, those in top-level texts of the row become a
/// fixed token while the template runs; the token is part of the format, because templates mention it. Otherwise the template's own are marked.</summary>
/// <param name="splitAtData">Data that holds a separator in nested values, or the token, also splits the result, as in promptsource.</param>
internal sealed class SeparatorGuard(bool splitAtData)
{
    /// <summary>Stands for one stroke of a separator written in a template; no UTF-8 text contains it.</summary>
    public const byte Stroke = 0xff;

    /// <summary>The token that promptsource uses (promptsource/templates.py, commit 7dab96a).</summary>
    private static readonly byte[] Token = "3ed2dface8203c4c9dfb1a5dc58e41e0"u8.ToArray();

    private static readonly byte[] Written = [Stroke, Stroke, Stroke];

    /// <summary>True when the row's texts must be guarded.</summary>
    public bool SplitsAtData => splitAtData;

    /// <summary>Text of a template as bytes, its separators distinguished from those in data.</summary>
    public byte[] Encode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (splitAtData) return bytes;
        var rest = bytes.AsSpan();
        for (var at = rest.IndexOf("|||"u8); at >= 0; at = rest.IndexOf("|||"u8))
        {
            Written.CopyTo(rest[at..]);
            rest = rest[(at + 3)..];
        }

        return bytes;
    }

    /// <summary>A guarded top-level value of the row.</summary>
    public static Value Protect(RenderContext context, Value value) => value.IsText ? TextEdits.Replace(context, value, "|||"u8, Token, -1) : value;

    /// <summary>The pieces of a rendered text, restored and stripped.</summary>
    public List<Value> Divide(RenderContext context, ReadOnlySpan<byte> text)
    {
        List<Value> pieces = [];
        var separator = splitAtData ? "|||"u8 : Written;
        while (true)
        {
            var at = text.IndexOf(separator);
            pieces.Add(Utf8Text.TrimSpaces(Restore(context, at < 0 ? text : text[..at]), true, true));
            if (at < 0) return pieces;
            text = text[(at + separator.Length)..];
        }
    }

    private Value Restore(RenderContext context, ReadOnlySpan<byte> piece)
    {
        var copy = context.ReserveText(piece.Length);
        piece.CopyTo(copy);
        copy[..piece.Length].Replace(Stroke, (byte)'|'); // strokes of a separator that a filter split
        var value = context.CommitText(piece.Length);
        return splitAtData ? TextEdits.Replace(context, value, Token, "|||"u8, -1) : value;
    }
}

/// <summary>promptsource's truncation, which works on the source: two filters are inserted before every <c>}}</c>. Positions still refer to the
/// original text.</summary>
internal static class TruncatedSource
{
    private const string Closing = "}}";
    private const string Replacement = " | string | truncate(2048) }}";

    public static SourceText Of(SourceText source)
    {
        var text = source.Text.Replace(Closing, Replacement, StringComparison.Ordinal);
        var lines = source.Text.Split('\n');
        return SourceText.Embedded(source.Name, text, position => ToFile(source, lines, position));
    }

    private static LinePosition ToFile(SourceText source, string[] lines, LinePosition position)
    {
        var line = lines[Math.Min(position.Line, lines.Length - 1)];
        var column = position.Column;
        for (var at = line.IndexOf(Closing, StringComparison.Ordinal); at >= 0 && at < column; at = line.IndexOf(Closing, at + 2, StringComparison.Ordinal))
            column = Math.Max(at, column - (Replacement.Length - Closing.Length));

        var offset = lines.Take(position.Line).Sum(before => before.Length + 1) + Math.Min(column, line.Length);
        return source.PositionInFile(offset);
    }
}
