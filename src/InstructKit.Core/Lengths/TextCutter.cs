using System.Buffers;
using InstructKit.Tasks;

namespace InstructKit.Lengths;

/// <summary>Shortens a text to a number of tokens at a natural boundary.</summary>
public static class TextCutter
{
    /// <summary>The longest prefix (or suffix) of the text that ends at a boundary and has at most <paramref name="maxTokens"/> tokens.</summary>
    /// <param name="tokenizer">Counts the tokens.</param>
    /// <param name="text">UTF-8.</param>
    /// <param name="maxTokens">Maximum number of tokens of the part.</param>
    /// <param name="border">Where cuts are allowed.</param>
    /// <param name="side">What is removed.</param>
    /// <returns>The bytes that stay, without white space at the cut; empty when not even the first (or last) unit fits.</returns>
    public static Range Cut(ITokenizer tokenizer, ReadOnlySpan<byte> text, int maxTokens, CutBorder border, CutSide side)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return side == CutSide.End ? ..PrefixEnd(tokenizer, text, maxTokens, border) : SuffixStart(tokenizer, text, maxTokens, border)..text.Length;
    }

    /// <summary>The parts of a text between its beginning (or end) and each boundary, shortest first, without white space at the cut; excluding the whole text.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="rule">Where it may be cut, and what is removed.</param>
    internal static List<Range> Parts(ReadOnlySpan<byte> text, CutRule rule)
    {
        List<Range> parts = [];
        for (var i = 1; i < text.Length; i++)
        {
            var at = rule.Side == CutSide.End ? i : text.Length - i;
            if (!IsBorder(text, at, rule.Border)) continue;

            var (start, end) = rule.Side == CutSide.End ? (0, at) : (at, text.Length);
            if (rule.Border != CutBorder.Token)
            {
                if (rule.Side == CutSide.End) end = text[..end].TrimEnd(" \t\r\n"u8).Length;
                else start += LeadingSpace(text[start..]);
            }

            // Several blanks in a row are one boundary.
            if (end > start && (parts.Count == 0 || !parts[^1].Equals(start..end))) parts.Add(start..end);
        }

        return parts;
    }

    private static int PrefixEnd(ITokenizer tokenizer, ReadOnlySpan<byte> text, int maxTokens, CutBorder border)
    {
        var end = tokenizer.Cut(text, maxTokens);
        if (end == text.Length || border == CutBorder.Token) return end;

        // A shorter prefix has more tokens only in rare cases, so the first boundary usually fits.
        for (; end > 0; end--)
        {
            if (!IsBorder(text, end, border)) continue;

            var trimmed = text[..end].TrimEnd(" \t\r\n"u8).Length;
            if (tokenizer.Count(text[..trimmed]) <= maxTokens) return trimmed;
        }

        return 0;
    }

    private static int SuffixStart(ITokenizer tokenizer, ReadOnlySpan<byte> text, int maxTokens, CutBorder border)
    {
        if (maxTokens <= 0) return text.Length;

        if (tokenizer.Count(text) <= maxTokens) return 0;

        // Bisects the boundaries: a suffix that begins earlier has more tokens, except for a few characters at its own beginning.
        List<int> starts = [];
        for (var start = 1; start < text.Length; start++)
        {
            if (IsBorder(text, start, border)) starts.Add(start + (border == CutBorder.Token ? 0 : LeadingSpace(text[start..])));
        }

        starts.Add(text.Length);
        var (low, high) = (0, starts.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (tokenizer.Count(text[starts[middle]..]) <= maxTokens) high = middle;
            else low = middle + 1;
        }

        for (var earlier = Math.Max(0, low - 8); earlier < low; earlier++)
        {
            if (tokenizer.Count(text[starts[earlier]..]) <= maxTokens) return starts[earlier];
        }

        return starts[low];
    }

    private static int LeadingSpace(ReadOnlySpan<byte> text) => text.Length - text.TrimStart(" \t\r\n"u8).Length;

    // True when the text may be cut before this byte, which is neither its first nor past its last.
    private static bool IsBorder(ReadOnlySpan<byte> text, int position, CutBorder border)
    {
        if ((text[position] & 0xC0) == 0x80) return false;

        return border switch
        {
            CutBorder.Token => true,
            CutBorder.Word => IsSpace(text[position..]),
            CutBorder.Line => text[position] == '\n' || (text[position] == '\r' && position + 1 < text.Length && text[position + 1] == '\n'),
            _ => IsSpace(text[position..]) ? text[position] is (byte)'\n' or (byte)'\r' || EndsSentence(text[..position]) : EndsIdeographicSentence(text[..position]),
        };
    }

    private static bool IsSpace(ReadOnlySpan<byte> text) => Rune.DecodeFromUtf8(text, out var rune, out _) == OperationStatus.Done && Rune.IsWhiteSpace(rune);

    private static bool EndsSentence(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            if (text.EndsWith("”"u8) || text.EndsWith("’"u8))
                text = text[..^3];
            else if (text.EndsWith("»"u8))
                text = text[..^2];
            else if (text.Length > 0 && text[^1] is (byte)'"' or (byte)'\'' or (byte)')' or (byte)']')
                text = text[..^1];
            else
                return (text.Length > 0 && text[^1] is (byte)'.' or (byte)'!' or (byte)'?') || text.EndsWith("…"u8) || text.EndsWith("।"u8) || text.EndsWith("؟"u8) || EndsIdeographicSentence(text);
        }
    }

    private static bool EndsIdeographicSentence(ReadOnlySpan<byte> text) => text.EndsWith("。"u8) || text.EndsWith("！"u8) || text.EndsWith("？"u8);
}
