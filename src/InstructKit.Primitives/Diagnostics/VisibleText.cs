using System.Buffers;

namespace InstructKit.Diagnostics;

/// <summary>Makes characters visible that a terminal interprets instead of showing: controls, line and paragraph separators, and bidirectional controls.</summary>
internal static class VisibleText
{
    private static readonly char[] Obeyed =
    [
        .. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Select(code => (char)code),
        '\u061C', '\u200E', '\u200F', '\u2028', '\u2029', '\u202A', '\u202B', '\u202C', '\u202D', '\u202E', '\u2066', '\u2067', '\u2068', '\u2069',
    ];

    private static readonly SearchValues<char> Hidden = SearchValues.Create(Obeyed);

    private static readonly SearchValues<char> HiddenInLines = SearchValues.Create([.. Obeyed.Where(letter => letter is not ('\n' or '\t'))]);

    /// <summary>Like <see cref="Of"/>, for text of several lines: line feeds and tabs are kept.</summary>
    public static string OfLines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().ContainsAny(HiddenInLines) ? string.Join('\n', text.Split('\n').Select(line => string.Join('\t', line.Split('\t').Select(Of)))) : text;
    }

    /// <summary>The text with such characters written as <c>\x1b</c> or <c>\u202e</c>; the text itself when it has none.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var next = text.AsSpan().IndexOfAny(Hidden);
        if (next < 0) return text;

        var visible = new StringBuilder(text, 0, next, text.Length + 16);
        foreach (var letter in text.AsSpan(next))
        {
            if (!Hidden.Contains(letter)) visible.Append(letter);
            else if (letter < 0x100) visible.Append(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}");
            else visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
        }

        return visible.ToString();
    }
}
