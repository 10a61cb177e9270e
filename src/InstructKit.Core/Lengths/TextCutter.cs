using System.Buffers;
using InstructKit.Tasks;

namespace InstructKit.Lengths;

/// <summary>Shortens a text to a number of tokens at a natural boundary.</summary>
public static class TextCutter
{
    // Number of boundaries after the one found by bisection at which a part may still fit.
    private const int Reach = 8;

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
        if (border == CutBorder.Token && side == CutSide.End) return ..tokenizer.Cut(text, maxTokens);

        List<Range> parts = [.. Parts(text, new CutRule(border, side)), 0..text.Length];
        // A longer part has more tokens except for a few characters at the cut, so bisection finds the boundary, and the parts just after it are also tried.
        var found = Longest(text, parts, maxTokens, tokenizer.Count);
        for (var longer = Math.Min(parts.Count - 1, found + Reach); longer > found; longer--)
        {
            if (tokenizer.Count(text[parts[longer]]) <= maxTokens) return parts[longer];
        }

        return found >= 0 ? parts[found] : side == CutSide.End ? ..0 : text.Length..;
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

    /// <summary>Number of the longest part with at most that many tokens by itself, as found by bisection; -1 if the shortest has more.</summary>
    internal static int Longest(ReadOnlySpan<byte> text, List<Range> parts, int maxTokens, TokenCount count)
    {
        var (low, high) = (-1, parts.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (count(text[parts[middle]]) <= maxTokens) low = middle;
            else high = middle - 1;
        }

        return low;
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

/// <summary>The number of tokens, or words, of a text.</summary>
internal delegate int TokenCount(ReadOnlySpan<byte> text);
