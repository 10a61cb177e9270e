namespace InstructKit.Evaluation.Metrics;

/// <summary>Resamples of n units with replacement, the same on every machine: draw d of resample r is a 64-bit hash of (seed, r, d), the finaliser of
/// SplitMix64 (Steele, Lea, Flood 2014).</summary>
internal readonly record struct Resampler(ulong Seed)
{
    /// <summary>Counts how often each unit is drawn in one resample.</summary>
    public void Draw(long resample, Span<int> multiplicity)
    {
        multiplicity.Clear();
        var stream = Mix(Seed + 0x9E3779B97F4A7C15UL * (ulong)(resample + 1));
        for (var draw = 0; draw < multiplicity.Length; draw++)
            multiplicity[(int)Math.BigMul(Mix(stream + 0xD1B54A32D192ED03UL * (ulong)(draw + 1)), (ulong)multiplicity.Length, out _)]++;
    }

    /// <summary>Counts how many draws of one resample fall into each part of the units.</summary>
    /// <param name="starts">First units of the parts, the number of all units behind them.</param>
    /// <param name="draws">Receives the draws of each part.</param>
    public void Divide(long resample, IReadOnlyList<int> starts, Span<int> draws)
    {
        draws.Clear();
        var (units, parts) = (starts[^1], draws.Length);
        var stream = Mix(Seed + 0x9E3779B97F4A7C15UL * (ulong)(resample + 1));
        for (var draw = 0; draw < units; draw++)
        {
            var unit = (int)Math.BigMul(Mix(stream + 0xD1B54A32D192ED03UL * (ulong)(draw + 1)), (ulong)units, out _);
            // Parts are about as large as each other.
            var part = (int)((long)unit * parts / units);
            while (unit < starts[part]) part--;
            while (unit >= starts[part + 1]) part++;
            draws[part]++;
        }
    }

    /// <summary>Counts how often each unit of a part is drawn in one resample, which is a resample of all parts when their draws are those of <see cref="Divide"/>.</summary>
    public void Draw(long resample, int part, int draws, Span<int> multiplicity)
    {
        multiplicity.Clear();
        var stream = Mix(Mix(Seed + 0x9E3779B97F4A7C15UL * (ulong)(resample + 1)) + 0xA0761D6478BD642FUL * (ulong)(part + 1));
        for (var draw = 0; draw < draws; draw++)
            multiplicity[(int)Math.BigMul(Mix(stream + 0xD1B54A32D192ED03UL * (ulong)(draw + 1)), (ulong)multiplicity.Length, out _)]++;
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}

/// <summary>A figure with its percentile interval.</summary>
/// <param name="Value">The figure of all units.</param>
/// <param name="Low">Lower bound.</param>
/// <param name="High">Upper bound.</param>
internal readonly record struct Interval(double Value, double Low, double High);

/// <summary>Two runs on the same units, compared.</summary>
/// <param name="Difference">Figure of the second run less that of the first, with its interval.</param>
/// <param name="P">Two-sided p-value under the hypothesis of no difference: how often the resampled difference is at least as far from the observed one as the
/// observed one is from 0, one added to both counts (Koehn 2004, as sacrebleu computes it).</param>
internal readonly record struct PairedComparison(Interval Difference, double P);

/// <summary>Bootstrap over units (Efron 1979): rows, or groups of rows. Statistics are resampled, texts are never scored again.</summary>
internal static class Bootstrap
{
    /// <summary>Percentile intervals of all figures of a metric.</summary>
    /// <param name="resampler">The draws.</param>
    /// <param name="resamples">Number of resamples, such as 1,000.</param>
    /// <param name="confidence">Share of resamples in the interval, such as 0.95.</param>
    public static Interval[] Intervals(Metric metric, StatisticTable units, Resampler resampler, int resamples, double confidence)
    {
        var figures = metric.Figures.Count;
        var values = new double[figures];
        metric.Conclude(units, [], values);
        var samples = Resample(units.Count, resampler, resamples, figures, (multiplicity, figure) => metric.Conclude(units, multiplicity, figure));
        return [.. values.Select((value, i) => Percentiles(value, samples[i], confidence))];
    }

    /// <summary>Compares two runs that were scored on the same units in the same order, figure by figure.</summary>
    /// <exception cref="ArgumentException">The runs have different numbers of units.</exception>
    public static PairedComparison[] Compare(
        Metric metric, StatisticTable first, StatisticTable second, Resampler resampler, int resamples, double confidence)
    {
        if (first.Count != second.Count) throw new ArgumentException("Both runs need the same units.", nameof(second));
        var figures = metric.Figures.Count;
        var (values, others) = (new double[figures], new double[figures]);
        metric.Conclude(first, [], values);
        metric.Conclude(second, [], others);
        var samples = Resample(first.Count, resampler, resamples, figures, (multiplicity, difference) =>
        {
            Span<double> before = stackalloc double[figures];
            metric.Conclude(first, multiplicity, before);
            metric.Conclude(second, multiplicity, difference);
            for (var i = 0; i < figures; i++) difference[i] -= before[i];
        });
        return
        [
            .. values.Select((value, i) =>
            {
                var observed = others[i] - value;
                var extreme = samples[i].Count(difference => Math.Abs(difference - observed) >= Math.Abs(observed));
                return new PairedComparison(Percentiles(observed, samples[i], confidence), (extreme + 1.0) / (resamples + 1));
            }),
        ];
    }

    /// <summary>The interval that holds the given share of the samples, with linear interpolation between order statistics (numpy's default).</summary>
    public static Interval Percentiles(double value, ReadOnlySpan<double> samples, double confidence)
    {
        var sorted = samples.ToArray();
        Array.Sort(sorted);
        return new Interval(value, Quantile(sorted, (1 - confidence) / 2), Quantile(sorted, (1 + confidence) / 2));
    }

    private delegate void Evaluation(ReadOnlySpan<int> multiplicity, Span<double> figures);

    private static double[][] Resample(int units, Resampler resampler, int resamples, int figures, Evaluation evaluate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        var samples = new double[figures][];
        for (var i = 0; i < figures; i++) samples[i] = new double[resamples];
        var multiplicity = new int[units];
        var values = new double[figures];
        for (var resample = 0; resample < resamples; resample++)
        {
            resampler.Draw(resample, multiplicity);
            evaluate(multiplicity, values);
            for (var i = 0; i < figures; i++) samples[i][resample] = values[i];
        }

        return samples;
    }

    private static double Quantile(double[] sorted, double share)
    {
        var at = Math.Clamp(share, 0, 1) * (sorted.Length - 1);
        var below = (int)Math.Floor(at);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
