namespace InstructKit.Evaluation.Metrics;

/// <summary>Counts clipped matches: how many n-grams of a prediction its references contain, each at most as often as in the reference with most occurrences. One per
/// worker.</summary>
internal sealed class NgramMatcher
{
    private readonly NgramTable _table = new();
    private readonly GrowableBuffer<ulong> _places = new();
    private readonly GrowableBuffer<byte> _matches = new();

    /// <summary>Adds the matches of each order, from 1 on, to <paramref name="counts"/>.</summary>
    /// <param name="prediction">Its tokens, numbered below <paramref name="tokenCount"/>.</param>
    /// <param name="references">Tokens of all references, concatenated.</param>
    /// <param name="ends">Where each reference ends.</param>
    /// <param name="tokenCount">Number of distinct tokens; <see cref="int.MaxValue"/> if tokens are not numbered.</param>
    public void Match(ReadOnlySpan<int> prediction, ReadOnlySpan<int> references, ReadOnlySpan<int> ends, int tokenCount, Span<double> counts)
    {
        var isShort = tokenCount < int.MaxValue && counts.Length <= NgramBits.MaxOrder && NgramBits.Fits(ends);
        if (isShort)
        {
            _places.Resize(Math.Max(_places.Count, tokenCount));
            _matches.Clear();
            _matches.Resize(prediction.Length);
        }
        else
        {
            _table.Clear();
        }

        var start = 0;
        foreach (var end in ends)
        {
            if (isShort) NgramBits.Match(prediction, references[start..end], counts.Length, _places.Items, _matches.Items);
            else _table.AddReference(references[start..end], counts.Length);
            start = end;
        }

        if (isShort) NgramBits.Count(_matches.Items, counts);
        else _table.Match(prediction, counts);
    }
}

/// <summary>Clipped matches of n-grams with short references, without a table: one bit for each position of the reference. The positions of an n-gram of the
/// prediction are those of its first n−1 tokens, except where another token follows. A match uses up one of them in every reference, so an
/// n-gram matches as many times as it occurs in the reference with most occurrences.</summary>
internal static class NgramBits
{
    /// <summary>Most tokens of a reference.</summary>
    public const int MaxTokens = 64;

    /// <summary>Largest n.</summary>
    public const int MaxOrder = 8;

    /// <summary>True when no reference has too many tokens.</summary>
    /// <param name="ends">Where each of the concatenated references ends.</param>
    public static bool Fits(ReadOnlySpan<int> ends)
    {
        var start = 0;
        foreach (var end in ends)
        {
            if (end - start > MaxTokens) return false;
            start = end;
        }

        return true;
    }

    /// <summary>Marks, for each position of the prediction, the matching n-grams that begin there.</summary>
    /// <param name="prediction">Its tokens.</param>
    /// <param name="reference">Tokens of one reference, at most <see cref="MaxTokens"/>.</param>
    /// <param name="order">The largest n, at most <see cref="MaxOrder"/>.</param>
    /// <param name="places">Scratch space, all zero before and after: one entry per distinct token.</param>
    /// <param name="matches">One entry per token of the prediction: bit n−1 is set if the n-gram matches this or an earlier reference.</param>
    public static void Match(ReadOnlySpan<int> prediction, ReadOnlySpan<int> reference, int order, Span<ulong> places, Span<byte> matches)
    {
        for (var i = 0; i < reference.Length; i++) places[reference[i]] |= 1UL << i;

        Span<ulong> used = stackalloc ulong[MaxOrder];
        used.Clear();
        for (var start = 0; start < prediction.Length; start++)
        {
            var found = places[prediction[start]];
            for (var n = 0; found != 0;)
            {
                var free = found & ~used[n];
                if (free != 0)
                {
                    used[n] |= free & (0 - free);
                    matches[start] |= (byte)(1 << n);
                }

                if (++n == order || start + n == prediction.Length) break;
                found &= places[prediction[start + n]] >> n;
            }
        }

        foreach (var token in reference) places[token] = 0;
    }

    /// <summary>Adds the matches of each order to <paramref name="counts"/>.</summary>
    public static void Count(ReadOnlySpan<byte> matches, Span<double> counts)
    {
        for (var n = 0; n < counts.Length; n++)
        {
            var count = 0;
            foreach (var match in matches) count += (match >> n) & 1;
            counts[n] += count;
        }
    }
}

/// <summary>Counts the n-grams of a row's references and the clipped matches of its prediction. An n-gram is its first n−1 tokens (their number) and its last
/// token, so a 64-bit key identifies it exactly at any order, and a prediction stops at the first token that no reference continues with. An open hash table,
/// which is about twice as fast here as the runtime's dictionary.</summary>
internal sealed class NgramTable
{
    private readonly GrowableBuffer<Gram> _grams = new();
    private int[] _slots = new int[1024];
    private int _reference;

    private struct Gram
    {
        public ulong Key;
        public int Slot;

        /// <summary>The reference that <see cref="InReference"/> counts.</summary>
        public int Reference;
        public int InReference;

        /// <summary>The largest count in one reference, minus those already matched.</summary>
        public int Left;
    }

    /// <summary>Forgets all references.</summary>
    public void Clear()
    {
        foreach (ref readonly var gram in _grams.Items) _slots[gram.Slot] = 0;
        _grams.Clear();
        _reference = 0;
    }

    /// <summary>Counts the n-grams of one more reference, up to the order; an n-gram's limit is its largest count in one reference.</summary>
    public void AddReference(ReadOnlySpan<int> tokens, int order)
    {
        _reference++;
        for (var start = 0; start < tokens.Length; start++)
        {
            var number = 0;
            foreach (var token in tokens.Slice(start, Math.Min(order, tokens.Length - start)))
            {
                var key = Key(number, token);
                var slot = SlotOf(key);
                number = _slots[slot];
                if (number == 0)
                {
                    _grams.Add(new Gram { Key = key, Slot = slot });
                    number = _slots[slot] = _grams.Count;
                    if (number > _slots.Length / 2) Grow();
                }

                ref var gram = ref _grams[number - 1];
                if (gram.Reference != _reference) (gram.Reference, gram.InReference) = (_reference, 0);
                gram.Left = Math.Max(gram.Left, ++gram.InReference);
            }
        }
    }

    /// <summary>Adds to <paramref name="matches"/>, for each order from 1 on, how many of the prediction's n-grams the references contain.</summary>
    /// <remarks>A matched n-gram is used up: clear the table before the next prediction.</remarks>
    public void Match(ReadOnlySpan<int> tokens, Span<double> matches)
    {
        for (var start = 0; start < tokens.Length; start++)
        {
            var (number, limit) = (0, Math.Min(tokens.Length - start, matches.Length));
            for (var n = 0; n < limit; n++)
            {
                number = _slots[SlotOf(Key(number, tokens[start + n]))];
                if (number == 0) break;
                ref var gram = ref _grams[number - 1];
                if (gram.Left == 0) continue;
                gram.Left--;
                matches[n]++;
            }
        }
    }

    private static ulong Key(int prefix, int token) => (ulong)(uint)prefix << 32 | (uint)token;

    // Where the number of the n-gram is, or would be.
    private int SlotOf(ulong key)
    {
        var mask = _slots.Length - 1;
        var slot = (int)(key * 0x9E3779B97F4A7C15 >> 32) & mask;
        while (_slots[slot] is var number && number != 0 && _grams[number - 1].Key != key) slot = (slot + 1) & mask;
        return slot;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        for (var i = 0; i < _grams.Count; i++) _slots[_grams[i].Slot = SlotOf(_grams[i].Key)] = i + 1;
    }
}
