namespace InstructKit.Evaluation.Metrics;

/// <summary>The substitutions shared by the tokenizers of BLEU (13a, zh) and TER. They work on bytes: every character that a rule names is ASCII, and a rule
/// that names "anything but a digit" gives the same result for the last byte of a character as for the whole.</summary>
internal static class TextReplacement
{
    private static readonly bool[] Spaced = WesternPunctuation();

    /// <summary>Replaces all occurrences from left to right; <paramref name="spare"/> is scratch space.</summary>
    public static void ReplaceAll(GrowableBuffer<byte> text, GrowableBuffer<byte> spare, ReadOnlySpan<byte> old, ReadOnlySpan<byte> replacement)
    {
        ReadOnlySpan<byte> rest = text.Items;
        var at = rest.IndexOf(old);
        if (at < 0) return;
        spare.Clear();
        for (; at >= 0; at = rest.IndexOf(old))
        {
            spare.AddRange(rest[..at]);
            spare.AddRange(replacement);
            rest = rest[(at + old.Length)..];
        }

        spare.AddRange(rest);
        text.Clear();
        text.AddRange(spare.Items);
    }

    /// <summary>Decodes the four entities in the order of mteval; <c>&amp;amp;lt;</c> is therefore decoded twice.</summary>
    public static void DecodeEntities(GrowableBuffer<byte> text, GrowableBuffer<byte> spare)
    {
        if (!text.Items.Contains((byte)'&')) return;
        ReplaceAll(text, spare, "&quot;"u8, "\""u8);
        ReplaceAll(text, spare, "&amp;"u8, "&"u8);
        ReplaceAll(text, spare, "&lt;"u8, "<"u8);
        ReplaceAll(text, spare, "&gt;"u8, ">"u8);
    }

    /// <summary>Puts spaces around ASCII punctuation other than the apostrophe, comma, hyphen and full stop.</summary>
    public static void SpaceWesternPunctuation(ReadOnlySpan<byte> text, GrowableBuffer<byte> output)
    {
        var room = output.Reserve(checked(text.Length * 3));
        var written = 0;
        foreach (var value in text)
        {
            var spaced = value < 0x80 && Spaced[value];
            if (spaced) room[written++] = (byte)' ';
            room[written++] = value;
            if (spaced) room[written++] = (byte)' ';
        }

        output.Advance(written);
    }

    /// <summary>Splits off a full stop or comma unless it is preceded by a digit, then unless it is followed by one, then a hyphen after a digit.</summary>
    public static void SplitPointsAndDashes(GrowableBuffer<byte> text, GrowableBuffer<byte> spare)
    {
        if (text.Items.IndexOfAny((byte)'.', (byte)',') >= 0)
        {
            spare.Clear();
            SplitAfter(text.Items, spare, (byte)'.', (byte)',', afterDigit: false);
            text.Clear();
            SplitBefore(spare.Items, text);
        }

        if (!text.Items.Contains((byte)'-')) return;
        spare.Clear();
        spare.AddRange(text.Items);
        text.Clear();
        SplitAfter(spare.Items, text, (byte)'-', (byte)'-', afterDigit: true);
    }

    /// <summary>Spaces a mark that follows a digit, or anything else; the pair is consumed, so a mark spaced here precedes no other.</summary>
    private static void SplitAfter(ReadOnlySpan<byte> text, GrowableBuffer<byte> output, byte mark, byte otherMark, bool afterDigit)
    {
        while (text.Length > 1)
        {
            var at = text[1..].IndexOfAny(mark, otherMark) + 1;
            if (at == 0) break;
            output.AddRange(text[..at]);
            if (IsDigit(text[at - 1]) == afterDigit)
            {
                output.AddRange([(byte)' ', text[at], (byte)' ']);
                at++;
            }

            text = text[at..];
        }

        output.AddRange(text);
    }

    /// <summary>Spaces a full stop or comma that precedes anything but a digit; the pair is consumed.</summary>
    private static void SplitBefore(ReadOnlySpan<byte> text, GrowableBuffer<byte> output)
    {
        for (int at; (at = text.IndexOfAny((byte)'.', (byte)',')) >= 0 && at + 1 < text.Length;)
        {
            output.AddRange(text[..at]);
            if (IsDigit(text[at + 1])) output.Add(text[at++]);
            else
            {
                output.AddRange([(byte)' ', text[at], (byte)' ', text[at + 1]]);
                at += 2;
            }

            text = text[at..];
        }

        output.AddRange(text);
    }

    private static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';

    // The class [{-~[-` -&(-+:-@/] of mteval. The range from the space to & includes the space, which spacing does not change.
    private static bool[] WesternPunctuation()
    {
        var table = new bool[0x80];
        foreach (var value in "!\"#$%&()*+/:;<=>?@[\\]^_`{|}~"u8) table[value] = true;
        return table;
    }
}
