namespace InstructKit.Evaluation.Metrics;

/// <summary>McNemar's test (1947) of two classifiers on the same rows, exact: under the hypothesis of no difference each disagreement is a fair coin.</summary>
/// <param name="OnlyFirst">Rows correct only in the first run.</param>
/// <param name="OnlySecond">Rows correct only in the second run.</param>
/// <param name="P">Two-sided exact p-value; 1 without disagreements.</param>
internal readonly record struct McNemar(long OnlyFirst, long OnlySecond, double P)
{
    /// <summary>Tests the rows of two runs.</summary>
    public static McNemar Of(ReadOnlySpan<bool> first, ReadOnlySpan<bool> second)
    {
        if (first.Length != second.Length) throw new ArgumentException("Both runs need the same rows.", nameof(second));
        var (onlyFirst, onlySecond) = (0L, 0L);
        for (var i = 0; i < first.Length; i++)
        {
            if (first[i] && !second[i]) onlyFirst++;
            if (second[i] && !first[i]) onlySecond++;
        }

        return Of(onlyFirst, onlySecond);
    }

    /// <summary>Tests counts of disagreements.</summary>
    public static McNemar Of(long onlyFirst, long onlySecond)
    {
        var (total, smaller) = (onlyFirst + onlySecond, Math.Min(onlyFirst, onlySecond));
        // The tail of the binomial distribution, from its largest term downwards so that nothing underflows before it matters.
        var term = Math.Exp(LogBinomial(total, smaller) - total * Math.Log(2));
        var tail = 0.0;
        for (var i = smaller; i >= 0 && term > 0; i--)
        {
            tail += term;
            if (term < tail * 1e-17) break;
            term *= (double)i / (total - i + 1);
        }

        return new McNemar(onlyFirst, onlySecond, Math.Min(1, 2 * tail));
    }

    private static double LogBinomial(long n, long k) => LogFactorial(n) - LogFactorial(k) - LogFactorial(n - k);

    // Exact sums for small numbers, Stirling's series beyond, whose next term is below 1e-17 there.
    private static double LogFactorial(long n)
    {
        if (n < 256)
        {
            var sum = 0.0;
            for (var i = 2; i <= n; i++) sum += Math.Log(i);
            return sum;
        }

        var inverse = 1.0 / n;
        return n * Math.Log(n) - n + 0.5 * Math.Log(2 * Math.PI * n) + inverse * (1.0 / 12 - inverse * inverse * (1.0 / 360 - inverse * inverse / 1260));
    }
}
