namespace InstructKit.Evaluation.Metrics;

/// <summary>Porter's stemmer (Porter 1980) with the extensions of NLTK (<c>nltk.stem.porter</c>, mode NLTK_EXTENSIONS), which rouge_score uses. It works in
/// place on lower-case ASCII letters and digits; digits count as consonants.</summary>
internal static class PorterStemmer
{
    private delegate bool Condition(ReadOnlySpan<byte> stem);

    /// <summary>A suffix, its replacement, and the condition. The first suffix that matches decides, even if its condition fails.</summary>
    private sealed class Rule(string suffix, string replacement, Condition condition)
    {
        public readonly byte[] Suffix = Encoding.ASCII.GetBytes(suffix);
        public readonly byte[] Replacement = Encoding.ASCII.GetBytes(replacement);
        public readonly Condition Holds = condition;
    }

    // Forms and their stems.
    private static readonly Rule[] Irregular = Rules(
        static _ => true, "sky sky", "skies sky", "dying die", "lying lie", "tying tie", "news news", "innings inning", "inning inning", "outings outing",
        "outing outing", "cannings canning", "canning canning", "howe howe", "proceed proceed", "exceed exceed", "succeed succeed");

    private static readonly Rule[] Step1a = Rules(static _ => true, "sses ss", "ies i", "ss ss", "s");

    // The l of logi counts as part of the stem, so that geo and theo are long enough.
    private static readonly Rule[] Step2 =
    [
        .. Rules(static stem => Measure(stem) > 0, "ational ate", "tional tion", "enci ence", "anci ance", "izer ize", "bli ble", "alli al", "entli ent",
            "eli e", "ousli ous", "ization ize", "ation ate", "ator ate", "alism al", "iveness ive", "fulness ful", "ousness ous", "aliti al", "iviti ive",
            "biliti ble", "fulli ful"),
        new Rule("logi", "log", static stem => MeasureWithL(stem) > 0),
    ];

    private static readonly Rule[] Step3 = Rules(static stem => Measure(stem) > 0, "icate ic", "ative", "alize al", "iciti ic", "ical ic", "ful", "ness");

    private static readonly Rule[] Step4 =
    [
        .. Rules(static stem => Measure(stem) > 1, "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent"),
        new Rule("ion", "", static stem => Measure(stem) > 1 && stem[^1] is (byte)'s' or (byte)'t'),
        .. Rules(static stem => Measure(stem) > 1, "ou", "ism", "ate", "iti", "ous", "ive", "ize"),
    ];

    /// <summary>Stems a word in place.</summary>
    /// <param name="buffer">The word.</param>
    /// <returns>Length of the stem; no rule makes a word longer.</returns>
    public static int Stem(Span<byte> buffer)
    {
        var length = buffer.Length;
        if (length <= 2) return length;
        if (length <= 8)
        {
            foreach (var word in Irregular)
            {
                if (!buffer.SequenceEqual(word.Suffix)) continue;
                word.Replacement.CopyTo(buffer);
                return word.Replacement.Length;
            }
        }

        length = EndsWith(buffer[..length], "ies"u8) && length == 4 ? 3 : Apply(Step1a, buffer, length);
        length = RemoveParticiple(buffer, length);
        if (buffer[length - 1] == 'y' && length > 2 && IsConsonant(buffer, length - 2)) buffer[length - 1] = (byte)'i';
        while (EndsWith(buffer[..length], "alli"u8) && Measure(buffer[..(length - 4)]) > 0) length -= 2;
        length = Apply(Step2, buffer, length);
        length = Apply(Step3, buffer, length);
        length = Apply(Step4, buffer, length);
        if (buffer[length - 1] == 'e')
        {
            var stem = buffer[..(length - 1)];
            var measure = Measure(stem);
            if (measure > 1 || measure == 1 && !EndsShort(stem)) length--;
        }

        return EndsWith(buffer[..length], "ll"u8) && Measure(buffer[..(length - 1)]) > 1 ? length - 1 : length;
    }

    /// <summary>Step 1b: <c>ied</c>, <c>eed</c>, <c>ed</c> and <c>ing</c>, and the repair of the stem afterwards.</summary>
    private static int RemoveParticiple(Span<byte> buffer, int length)
    {
        var word = buffer[..length];
        if (EndsWith(word, "ied"u8)) return length == 4 ? 3 : length - 2;
        if (EndsWith(word, "eed"u8)) return Measure(word[..^3]) > 0 ? length - 1 : length;

        var suffix = EndsWith(word, "ed"u8) ? 2 : EndsWith(word, "ing"u8) ? 3 : 0;
        if (suffix == 0 || !ContainsVowel(word[..^suffix])) return length;
        length -= suffix;
        var stem = buffer[..length];
        if (EndsWith(stem, "at"u8) || EndsWith(stem, "bl"u8) || EndsWith(stem, "iz"u8)) return AppendE(buffer, length);
        if (length >= 2 && stem[^1] == stem[^2] && IsConsonant(stem, length - 1)) return stem[^1] is (byte)'l' or (byte)'s' or (byte)'z' ? length : length - 1;
        return Measure(stem) == 1 && EndsShort(stem) ? AppendE(buffer, length) : length;
    }

    private static int AppendE(Span<byte> buffer, int length)
    {
        buffer[length] = (byte)'e';
        return length + 1;
    }

    private static int Apply(Rule[] rules, Span<byte> buffer, int length)
    {
        var word = buffer[..length];
        foreach (var rule in rules)
        {
            if (!EndsWith(word, rule.Suffix)) continue;
            var stem = word[..^rule.Suffix.Length];
            if (!rule.Holds(stem)) return length;
            rule.Replacement.CopyTo(buffer[stem.Length..]);
            return stem.Length + rule.Replacement.Length;
        }

        return length;
    }

    private static bool EndsWith(ReadOnlySpan<byte> word, ReadOnlySpan<byte> suffix) => word.EndsWith(suffix);

    private static bool IsConsonant(ReadOnlySpan<byte> word, int index) => word[index] switch
    {
        (byte)'a' or (byte)'e' or (byte)'i' or (byte)'o' or (byte)'u' => false,
        (byte)'y' => IsConsonantY(word, index),
        _ => true,
    };

    // A y after a vowel is a consonant, as is one at the start; a run of them alternates.
    private static bool IsConsonantY(ReadOnlySpan<byte> word, int index)
    {
        var start = index;
        while (start > 0 && word[start - 1] == 'y') start--;
        var first = start == 0 || !IsConsonant(word, start - 1);
        return (index - start) % 2 == 0 ? first : !first;
    }

    /// <summary>The number of times a vowel is followed by a consonant.</summary>
    private static int Measure(ReadOnlySpan<byte> stem) => Measure(stem, out _);

    private static int Measure(ReadOnlySpan<byte> stem, out bool endsInVowel)
    {
        var count = 0;
        var vowel = false;
        var consonant = false;
        foreach (var letter in stem)
        {
            consonant = letter switch
            {
                (byte)'a' or (byte)'e' or (byte)'i' or (byte)'o' or (byte)'u' => false,
                (byte)'y' => !consonant,
                _ => true,
            };
            if (consonant && vowel) count++;
            vowel = !consonant;
        }

        endsInVowel = vowel;
        return count;
    }

    private static int MeasureWithL(ReadOnlySpan<byte> stem) => Measure(stem, out var endsInVowel) + (endsInVowel ? 1 : 0);

    private static bool ContainsVowel(ReadOnlySpan<byte> stem)
    {
        for (var i = 0; i < stem.Length; i++)
        {
            if (!IsConsonant(stem, i)) return true;
        }

        return false;
    }

    /// <summary>Consonant, vowel, consonant other than w, x and y; NLTK adds the two letters vowel, consonant.</summary>
    private static bool EndsShort(ReadOnlySpan<byte> stem) => stem.Length switch
    {
        < 2 => false,
        2 => !IsConsonant(stem, 0) && IsConsonant(stem, 1),
        _ => IsConsonant(stem, stem.Length - 3) && !IsConsonant(stem, stem.Length - 2) && IsConsonant(stem, stem.Length - 1)
            && stem[^1] is not ((byte)'w' or (byte)'x' or (byte)'y'),
    };

    private static Rule[] Rules(Condition condition, params ReadOnlySpan<string> rules)
    {
        var made = new Rule[rules.Length];
        for (var i = 0; i < rules.Length; i++)
        {
            var space = rules[i].IndexOf(' ', StringComparison.Ordinal);
            made[i] = space < 0 ? new Rule(rules[i], "", condition) : new Rule(rules[i][..space], rules[i][(space + 1)..], condition);
        }

        return made;
    }
}
