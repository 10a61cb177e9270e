namespace InstructKit.Evaluation.Metrics;

/// <summary>
/// The substitutions that the tokenizers of BLEU (13a, zh) and TER share. They work on bytes: every character that a rule names is ASCII, and
/// a rule that names "anything but a digit" gives the same result for the last byte of a character as for the whole.
/// </summary>
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
            ReadOnlySpan<byte> source = text.Items;
            for (var i = 0; i < source.Length; i++)
            {
                spare.Add(source[i]);
                if (i + 1 == source.Length || IsDigit(source[i]) || !IsPoint(source[i + 1])) continue;
                spare.Add((byte)' ');
                spare.Add(source[++i]);
                spare.Add((byte)' ');
            }

            text.Clear();
            source = spare.Items;
            for (var i = 0; i < source.Length; i++)
            {
                if (!IsPoint(source[i]) || i + 1 == source.Length || IsDigit(source[i + 1]))
                {
                    text.Add(source[i]);
                    continue;
                }

                text.Add((byte)' ');
                text.Add(source[i]);
                text.Add((byte)' ');
                text.Add(source[++i]);
            }
        }

        if (!text.Items.Contains((byte)'-')) return;
        spare.Clear();
        spare.AddRange(text.Items);
        text.Clear();
        var dashed = spare.Items;
        for (var i = 0; i < dashed.Length; i++)
        {
            text.Add(dashed[i]);
            if (!IsDigit(dashed[i]) || i + 1 == dashed.Length || dashed[i + 1] != '-') continue;
            text.Add((byte)' ');
            text.Add(dashed[++i]);
            text.Add((byte)' ');
        }
    }

    private static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';

    private static bool IsPoint(byte value) => value is (byte)'.' or (byte)',';

    // The class [{-~[-` -&(-+:-@/] of mteval. The range from the space to & takes in the space, which spacing does not change.
    private static bool[] WesternPunctuation()
    {
        var table = new bool[0x80];
        foreach (var value in "!\"#$%&()*+/:;<=>?@[\\]^_`{|}~"u8) table[value] = true;
        return table;
    }
}
