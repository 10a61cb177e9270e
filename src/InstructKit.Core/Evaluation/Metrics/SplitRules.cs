namespace InstructKit.Evaluation.Metrics;

/// <summary>The rules of a tokenizer of BLEU as a table of bytes, for segments without two adjacent marks: there the effect of its substitutions on a
/// mark depends only on the characters before and after it. One pass over the text finds the tokens, and nothing is rewritten.</summary>
internal sealed class SplitRules
{
    private enum Kind : byte
    {
        /// <summary>Part of a word.</summary>
        Word,

        /// <summary>A number, part of a word.</summary>
        Digit,

        Space,

        /// <summary>Always a token.</summary>
        Alone,

        /// <summary>A token unless it has numbers on both sides, or as the rules specify at the ends of the text.</summary>
        Mark,

        /// <summary>A token after a number.</summary>
        Dash,

        /// <summary>First byte of a character that is white space or part of a word.</summary>
        MaybeSpace,

        /// <summary>First of two bytes, the second of which distinguishes a sign from a letter.</summary>
        MaybeSign,

        /// <summary>Not covered by the table.</summary>
        Other,
    }

    private readonly Kind[] _kinds;
    private readonly bool _isPadded;

    private SplitRules(Func<int, Kind> kind, bool isPadded) => (_kinds, _isPadded) = ([.. Enumerable.Range(0, 256).Select(kind)], isPadded);

    /// <summary>13a: its text is padded with spaces, so a mark at an end is a token.</summary>
    public static SplitRules Western { get; } = new(
        static value => value switch
        {
            // Deleted, decoded or joined before the text is split.
            '<' or '&' or '\n' => Kind.Other,
            '.' or ',' => Kind.Mark,
            '-' => Kind.Dash,
            >= '0' and <= '9' => Kind.Digit,
            0xC2 or 0xE1 or 0xE2 or 0xE3 => Kind.MaybeSpace,
            >= 0x80 => Kind.Word,
            _ when UnicodeClass.IsSpace(value) => Kind.Space,
            '\'' => Kind.Word,
            _ => PythonCharacters.IsAsciiPunctuation((byte)value) ? Kind.Alone : Kind.Word,
        },
        isPadded: true);

    /// <summary>intl: punctuation is a token unless it has numbers on both sides, or one and an end of the text; letters with diacritics of Latin, and Cyrillic, are letters.</summary>
    public static SplitRules International { get; } = new(
        static value => value switch
        {
            >= '0' and <= '9' => Kind.Digit,
            '$' or '+' or '<' or '=' or '>' or '^' or '`' or '|' or '~' => Kind.Alone,
            0xC3 => Kind.MaybeSign,
            (>= 0xC4 and <= 0xC9) or 0xD0 or 0xD1 => Kind.Word,
            >= 0xC0 => Kind.Other,
            >= 0x80 => Kind.Word,
            _ when UnicodeClass.IsSpace(value) => Kind.Space,
            _ => PythonCharacters.IsAsciiPunctuation((byte)value) ? Kind.Mark : Kind.Word,
        },
        isPadded: false);

    /// <summary>Adds the tokens of a text; false, with nothing added, if the table does not decide.</summary>
    public bool TrySplit(ReadOnlySpan<byte> text, TokenTable table, GrowableBuffer<int> tokens)
    {
        var count = tokens.Count;
        var start = -1;
        for (var i = 0; i < text.Length; i++)
        {
            var kind = _kinds[text[i]];
            if (kind is Kind.Word or Kind.Digit)
            {
                if (start < 0) start = i;
                continue;
            }

            var length = 1;
            switch (kind)
            {
                case Kind.Mark:
                    if (i + 1 < text.Length && _kinds[text[i + 1]] == Kind.Mark) return Undo(tokens, count);
                    if (!IsToken(text, i)) goto default;
                    break;
                case Kind.Dash when i > 0 && _kinds[text[i - 1]] == Kind.Digit:
                case Kind.Alone:
                case Kind.Space: break;
                case Kind.MaybeSpace when PythonCharacters.SpaceLength(text[i..]) is > 0 and var space: (kind, length) = (Kind.Space, space); break;
                case Kind.MaybeSign when i + 1 < text.Length && text[i + 1] is not (0x97 or 0xB7):
                    goto default;
                case Kind.Other or Kind.MaybeSign: return Undo(tokens, count);
                default:
                    if (start < 0) start = i;
                    continue;
            }

            if (start >= 0) tokens.Add(table.Add(text[start..i]));
            start = -1;
            if (kind != Kind.Space) tokens.Add(table.Add(text.Slice(i, 1)));
            i += length - 1;
        }

        if (start >= 0) tokens.Add(table.Add(text[start..]));
        return true;
    }

    // A mark is split off a preceding non-number; if that is a number or missing, off a following non-number.
    private bool IsToken(ReadOnlySpan<byte> text, int at)
    {
        if (at > 0 ? _kinds[text[at - 1]] != Kind.Digit : _isPadded) return true;
        return at + 1 < text.Length ? _kinds[text[at + 1]] != Kind.Digit : _isPadded;
    }

    private static bool Undo(GrowableBuffer<int> tokens, int count)
    {
        tokens.Resize(count);
        return false;
    }
}
