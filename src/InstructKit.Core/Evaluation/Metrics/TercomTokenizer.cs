namespace InstructKit.Evaluation.Metrics;

/// <summary>Options of TER; the defaults are sacrebleu's.</summary>
internal sealed record TerOptions
{
    /// <summary>Splits off punctuation and decodes entities.</summary>
    public bool Normalized { get; init; }

    /// <summary>Deletes punctuation.</summary>
    public bool NoPunctuation { get; init; }

    /// <summary>With the two options above: splits Chinese and Japanese text, deletes its punctuation.</summary>
    public bool AsianSupport { get; init; }

    public bool CaseSensitive { get; init; }
}

/// <summary>The tokenizer of Tercom as included in sacrebleu (mjpost/sacrebleu, <c>tokenizers/tokenizer_ter.py</c>).</summary>
internal static class TercomTokenizer
{
    private delegate bool Test(int codePoint);

    /// <summary>Rewrites a segment into <paramref name="output"/>, which is cleared first, so that white space separates its tokens.</summary>
    public static void Rewrite(ReadOnlySpan<byte> text, TerOptions options, GrowableBuffer<byte> output, GrowableBuffer<byte> spare)
    {
        output.Clear();
        text = PythonCharacters.TrimEnd(text);
        if (options.CaseSensitive) output.AddRange(text);
        else PythonCharacters.Lower(text, output);

        if (options.Normalized && output.Count > 0)
        {
            NormalizeWestern(output, spare);
            if (options.AsianSupport) NormalizeAsian(output, spare);
        }

        if (!options.NoPunctuation) return;
        Rewrite(output, spare, static codePoint => codePoint is '.' or ',' or '?' or ':' or ';' or '!' or '"' or '(' or ')', delete: true);
        if (options.AsianSupport) Rewrite(output, spare, static codePoint => IsAsianPunctuation(codePoint) || IsFullWidthPunctuation(codePoint), delete: true);
    }

    private static void NormalizeWestern(GrowableBuffer<byte> text, GrowableBuffer<byte> spare)
    {
        TextReplacement.ReplaceAll(text, spare, "\n-"u8, []);
        TextReplacement.ReplaceAll(text, spare, "\n"u8, " "u8);
        TextReplacement.DecodeEntities(text, spare);
        spare.Clear();
        spare.Add((byte)' ');
        spare.AddRange(text.Items);
        spare.Add((byte)' ');
        text.Clear();
        TextReplacement.SpaceWesternPunctuation(spare.Items, text);
        // The text ends in a space here, so the rule of Tercom for a possessive at the very end never applies.
        TextReplacement.ReplaceAll(text, spare, "'s "u8, " 's "u8);
        TextReplacement.SplitPointsAndDashes(text, spare);
    }

    private static void NormalizeAsian(GrowableBuffer<byte> text, GrowableBuffer<byte> spare)
    {
        // Its three patterns for kana are anchored at both ends of the text, which starts with a space here: they never match and are omitted.
        // The last range is sacrebleu's, U+3200 to U+3F22, though its comment names U+3200 to U+32FF. Characters in it that were spaced
        // before are spaced twice, which has no effect when splitting on white space.
        Rewrite(text, spare, static codePoint => codePoint is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x31C0 and <= 0x31EF
            or >= 0x2E80 and <= 0x2EFF or >= 0x3300 and <= 0x33FF or >= 0xF900 and <= 0xFAFF or >= 0xFE30 and <= 0xFE4F
            or >= 0x3200 and <= 0x3F22, delete: false);
        Rewrite(text, spare, static codePoint => IsAsianPunctuation(codePoint) || IsFullWidthPunctuation(codePoint), delete: false);
    }

    private static bool IsAsianPunctuation(int codePoint) =>
        codePoint is 0x3001 or 0x3002 or >= 0x3008 and <= 0x3011 or >= 0x3014 and <= 0x301F or >= 0xFF61 and <= 0xFF65 or 0x30FB;

    private static bool IsFullWidthPunctuation(int codePoint) =>
        codePoint is 0xFF0E or 0xFF0C or 0xFF1F or 0xFF1A or 0xFF1B or 0xFF01 or 0xFF02 or 0xFF08 or 0xFF09;

    /// <summary>Deletes the characters of a class or puts spaces around each.</summary>
    private static void Rewrite(GrowableBuffer<byte> text, GrowableBuffer<byte> spare, Test member, bool delete)
    {
        spare.Clear();
        for (var i = 0; i < text.Count;)
        {
            var length = PythonCharacters.Decode(text.Items[i..], out var codePoint);
            var found = member(codePoint);
            if (found && !delete) spare.Add((byte)' ');
            if (!found || !delete) spare.AddRange(text.Items.Slice(i, length));
            if (found && !delete) spare.Add((byte)' ');
            i += length;
        }

        text.Clear();
        text.AddRange(spare.Items);
    }
}
