namespace InstructKit.Diagnostics;

/// <summary>Shows a <see cref="SourceSpan"/> the way compilers do: the line with its number, and carets below the slice.</summary>
internal static class Excerpt
{
    private const int MaxWidth = 160;

    /// <summary>Two lines, each ending in a line feed: the numbered source line and the carets. Long lines are truncated around the slice.</summary>
    public static string Render(SourceSpan span)
    {
        // What users see in their editor: the line of the file, including its indentation.
        var own = span.Source.Host is null ? span.Source.PositionAt(span.Offset) : span.Start;
        var line = (span.Source.Host ?? span.Source).LineAt(own.Line).Replace('\t', ' ');
        var number = (span.Start.Line + 1).ToString(CultureInfo.InvariantCulture);
        var column = Math.Min(own.Column, line.Length);
        var carets = Math.Max(1, Math.Min(span.Length, line.Length - column));
        var from = line.Length <= MaxWidth ? 0 : Math.Max(0, Math.Min(column - (MaxWidth / 4), line.Length - MaxWidth));
        var shown = line.Substring(from, Math.Min(MaxWidth, line.Length - from));
        // Characters made visible are wider, so the carets follow the displayed text.
        var at = Math.Clamp(column - from, 0, shown.Length);
        var end = Math.Min(at + carets, shown.Length);
        var before = VisibleText.Of(shown[..at]);
        var marked = VisibleText.Of(shown[at..end]);
        return new StringBuilder()
            .Append(number).Append(" | ").Append(from > 0 ? "…" : string.Empty).Append(before).Append(marked).Append(VisibleText.Of(shown[end..])).Append('\n')
            .Append(' ', number.Length).Append(" | ").Append(' ', before.Length + (from > 0 ? 1 : 0)).Append('^', Math.Clamp(marked.Length, 1, MaxWidth)).Append('\n')
            .ToString();
    }
}
