namespace InstructKit.Evaluation.Metrics;

/// <summary>The tokenizers of sacrebleu 2 (mjpost/sacrebleu, <c>sacrebleu/tokenizers</c>), each a row of <see cref="All"/>. They rewrite a text so that
/// splitting it on white space gives the tokens. Left out: those that need a model or a dictionary (spm, flores, ja-mecab, ko-mecab).</summary>
internal sealed class BleuTokenizer
{
    private delegate void Step(ReadOnlySpan<byte> text, GrowableBuffer<byte> output, GrowableBuffer<byte> spare);

    private readonly Step _rewrite;
    private readonly SplitRules? _rules;

    private BleuTokenizer(string name, Step rewrite, SplitRules? rules = null) => (Name, _rewrite, _rules) = (name, rewrite, rules);

    public static IReadOnlyList<BleuTokenizer> All { get; } =
    [
        new("13a", Rewrite13a, SplitRules.Western),
        new("intl", RewriteInternational, SplitRules.International),
        new("zh", RewriteChinese),
        new("char", RewriteCharacters),
        new("none", static (text, output, _) => output.AddRange(text)),
    ];

    /// <summary>Name in options and signatures.</summary>
    public string Name { get; }

    public static BleuTokenizer? Find(string name) => All.FirstOrDefault(tokenizer => tokenizer.Name == name);

    /// <summary>Rewrites a segment into <paramref name="output"/>, which is cleared first.</summary>
    public void Rewrite(ReadOnlySpan<byte> text, GrowableBuffer<byte> output, GrowableBuffer<byte> spare)
    {
        output.Clear();
        _rewrite(text, output, spare);
    }

    /// <summary>Adds the tokens of a segment at once, without rewriting it, if it is simple, as nearly all are; otherwise returns false and adds nothing.</summary>
    public bool TrySplit(ReadOnlySpan<byte> text, TokenTable table, GrowableBuffer<int> tokens) => _rules is not null && _rules.TrySplit(text, table, tokens);

    // mteval-v13a: the entities are decoded, and the text is padded so that the rules see a space at both ends.
    private static void Rewrite13a(ReadOnlySpan<byte> text, GrowableBuffer<byte> output, GrowableBuffer<byte> spare)
    {
        if (text.IndexOfAny("<&\n"u8) >= 0)
        {
            output.AddRange(text);
            TextReplacement.ReplaceAll(output, spare, "<skipped>"u8, []);
            TextReplacement.ReplaceAll(output, spare, "-\n"u8, []);
            TextReplacement.ReplaceAll(output, spare, "\n"u8, " "u8);
            TextReplacement.DecodeEntities(output, spare);
            spare.Clear();
            spare.Add((byte)' ');
            spare.AddRange(output.Items);
        }
        else
        {
            spare.Clear();
            spare.Add((byte)' ');
            spare.AddRange(text);
        }

        spare.Add((byte)' ');
        SplitWestern(output, spare);
    }

    // Chinese: every Chinese character is a token, the rest follows the rules of 13a, without its decoding and padding.
    private static void RewriteChinese(ReadOnlySpan<byte> text, GrowableBuffer<byte> output, GrowableBuffer<byte> spare)
    {
        spare.Clear();
        text = PythonCharacters.Trim(text);
        for (var i = 0; i < text.Length;)
        {
            var length = PythonCharacters.Decode(text[i..], out var codePoint);
            var alone = IsChinese(codePoint);
            if (alone) spare.Add((byte)' ');
            spare.AddRange(text.Slice(i, length));
            if (alone) spare.Add((byte)' ');
            i += length;
        }

        SplitWestern(output, spare);
    }

    // sacrebleu writes two of its ranges with four-digit escapes, '\u20000' to '\u2a6d6' and '\u2f800' to '\u2fa1d'. Compared as text they
    // take in U+2001 to U+2A6D and leave out the supplementary ideographs; scores agree only if that is kept.
    private static bool IsChinese(int codePoint) => codePoint is >= 0x2001 and <= 0x2A6D or >= 0x2E80 and <= 0x2FDF or >= 0x2FF0 and <= 0x303F
        or >= 0x3100 and <= 0x312F or >= 0x31A0 and <= 0x31BF or >= 0x31C0 and <= 0x31EF or >= 0x3200 and <= 0x4DB5 or >= 0x4E00 and <= 0x9FBB
        or >= 0xF900 and <= 0xFA2D or >= 0xFA30 and <= 0xFA6A or >= 0xFA70 and <= 0xFAD9 or >= 0xFE10 and <= 0xFE1F or >= 0xFE30 and <= 0xFE4F
        or >= 0xFF00 and <= 0xFFEF;

    private static void RewriteCharacters(ReadOnlySpan<byte> text, GrowableBuffer<byte> output, GrowableBuffer<byte> spare)
    {
        for (var i = 0; i < text.Length;)
        {
            var length = PythonCharacters.Decode(text[i..], out _);
            if (i > 0) output.Add((byte)' ');
            output.AddRange(text.Slice(i, length));
            i += length;
        }
    }

    /// <summary>The rules shared by 13a and zh, from <paramref name="spare"/> to <paramref name="output"/>.</summary>
    private static void SplitWestern(GrowableBuffer<byte> output, GrowableBuffer<byte> spare)
    {
        output.Clear();
        TextReplacement.SpaceWesternPunctuation(spare.Items, output);
        TextReplacement.SplitPointsAndDashes(output, spare);
    }

    private enum CharacterClass : byte
    {
        Other,
        Number,
        Punctuation,
        Symbol,
    }

    private static readonly CharacterClass[] AsciiClasses = [.. Enumerable.Range(0, 0x80).Select(static value => Classify(value))];

    // mteval-v14: punctuation is split off unless it is between two numbers, symbols always.
    private static void RewriteInternational(ReadOnlySpan<byte> text, GrowableBuffer<byte> output, GrowableBuffer<byte> spare)
    {
        spare.Clear();
        SplitPairs(text, spare, punctuationFirst: false);
        output.Clear();
        SplitPairs(spare.Items, output, punctuationFirst: true);
        spare.Clear();
        for (var i = 0; i < output.Count;)
        {
            var kind = Classify(output.Items[i..], out var length);
            if (kind == CharacterClass.Symbol) spare.Add((byte)' ');
            spare.AddRange(output.Items.Slice(i, length));
            if (kind == CharacterClass.Symbol) spare.Add((byte)' ');
            i += length;
        }

        output.Clear();
        output.AddRange(spare.Items);
    }

    /// <summary>Spaces out punctuation in pairs of a punctuation mark and a non-number; a pair consumes both.</summary>
    private static void SplitPairs(ReadOnlySpan<byte> text, GrowableBuffer<byte> output, bool punctuationFirst)
    {
        for (var i = 0; i < text.Length;)
        {
            var kind = Classify(text[i..], out var length);
            var next = i + length;
            if (next < text.Length && (punctuationFirst ? kind == CharacterClass.Punctuation : kind != CharacterClass.Number))
            {
                var nextKind = Classify(text[next..], out var nextLength);
                if (punctuationFirst ? nextKind != CharacterClass.Number : nextKind == CharacterClass.Punctuation)
                {
                    if (punctuationFirst) output.Add((byte)' ');
                    output.AddRange(text.Slice(i, length));
                    output.Add((byte)' ');
                    output.AddRange(text.Slice(next, nextLength));
                    if (!punctuationFirst) output.Add((byte)' ');
                    i = next + nextLength;
                    continue;
                }
            }

            output.AddRange(text.Slice(i, length));
            i = next;
        }
    }

    private static CharacterClass Classify(ReadOnlySpan<byte> text, out int length)
    {
        if (text[0] < 0x80)
        {
            length = 1;
            return AsciiClasses[text[0]];
        }

        length = PythonCharacters.Decode(text, out var codePoint);
        return Classify(codePoint);
    }

    private static CharacterClass Classify(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
    {
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Number,
        >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation => CharacterClass.Punctuation,
        >= UnicodeCategory.MathSymbol and <= UnicodeCategory.OtherSymbol => CharacterClass.Symbol,
        _ => CharacterClass.Other,
    };
}
