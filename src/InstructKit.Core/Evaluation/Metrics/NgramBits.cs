namespace InstructKit.Evaluation.Metrics;

/// <summary>Clipped matches of n-grams with short references, without a table: one bit for each position of the reference. The positions of an n-gram of the
/// prediction are those of its first n−1 tokens, except where another token follows. A match uses up one of them in every reference, so an
/// n-gram matches as many times as it occurs in the reference with most occurrences.</summary>
internal static class NgramBits
{
    /// <summary>Most tokens of a reference.</summary>
    public const int MaxTokens = 64;

    /// <summary>Largest n.</summary>
    public const int MaxOrder = 8;

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
