namespace InstructKit.Evaluation.Metrics;

/// <summary>Figures for several samples per row.</summary>
internal static class Sampling
{
    /// <summary>The unbiased estimate of the chance that one of <paramref name="k"/> samples is correct, 1 − C(n−c, k) / C(n, k) (Chen et al. 2021).</summary>
    /// <param name="samples">Number of samples n, at least k.</param>
    /// <param name="correct">Number of correct ones c.</param>
    /// <param name="k">Number of samples that may be tried.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is not between 1 and n, or c not between 0 and n.</exception>
    public static double PassAt(int samples, int correct, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, samples);
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, samples);
        if (samples - correct < k) return 1;
        var allWrong = 1.0;
        for (var i = samples - correct + 1; i <= samples; i++) allWrong *= 1 - (double)k / i;
        return 1 - allWrong;
    }

    /// <summary>The index of the answer given most often among the first <paramref name="k"/> samples; the one seen first on ties.</summary>
    /// <param name="answers">The answers of the samples, as numbers, equal for equal answers; negative for no answer.</param>
    /// <param name="k">Number of samples that vote.</param>
    /// <returns>−1 if none of them has an answer.</returns>
    public static int MajorityAt(ReadOnlySpan<int> answers, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var voters = answers[..Math.Min(k, answers.Length)];
        Dictionary<int, int> votes = [];
        foreach (var answer in voters)
        {
            if (answer >= 0) votes[answer] = votes.GetValueOrDefault(answer) + 1;
        }

        var (best, most) = (-1, 0);
        for (var i = 0; i < voters.Length; i++)
        {
            if (voters[i] >= 0 && votes[voters[i]] > most) (best, most) = (i, votes[voters[i]]);
        }

        return best;
    }
}
