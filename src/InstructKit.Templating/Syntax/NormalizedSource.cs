using System.Text;

namespace InstructKit.Templating.Syntax;

/// <summary>A template's text as Jinja reads it: line ends are line feeds, and the last one is dropped unless it is to be kept.</summary>
internal static class NormalizedSource
{
    /// <summary>The text, and for each of its positions (and its end) the offset in the source; null when they are the same.</summary>
    public static (string Text, int[]? Offsets) Read(string source, bool keepTrailingNewline)
    {
        if (!source.Contains('\r', StringComparison.Ordinal)) return (keepTrailingNewline || !source.EndsWith('\n') ? source : source[..^1], null);

        var text = new StringBuilder(source.Length);
        var offsets = new List<int>(source.Length + 1);
        for (var i = 0; i < source.Length; i++)
        {
            offsets.Add(i);
            if (source[i] != '\r')
            {
                text.Append(source[i]);
                continue;
            }

            text.Append('\n');
            if (i + 1 < source.Length && source[i + 1] == '\n') i++;
        }

        offsets.Add(source.Length);
        if (!keepTrailingNewline && text.Length > 0 && text[^1] == '\n') text.Length--;
        return (text.ToString(), [.. offsets]);
    }
}
