using InstructKit.Diagnostics;

namespace InstructKit.Templating.Dialects;

/// <summary>
/// promptsource's truncation, which works on the source: every <c>}}</c> gets two filters in front. Positions still lead to the text that
/// people wrote.
/// </summary>
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
