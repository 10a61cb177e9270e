namespace InstructKit.Evaluation.Metrics;

/// <summary>Resamples of n units with replacement, the same on every machine: draw d of resample r is a 64-bit hash of (seed, r, d), the finaliser of
/// SplitMix64 (Steele, Lea, Flood 2014).</summary>
internal readonly record struct Resampler(ulong Seed)
{
    /// <summary>Counts how many times each unit is drawn in one resample.</summary>
    public void Draw(long resample, Span<int> multiplicity) => Draw(StreamOf(resample), multiplicity.Length, multiplicity);

    /// <summary>Counts how many draws of one resample fall into each part of the units.</summary>
    /// <param name="starts">First units of the parts, followed by the number of all units.</param>
    /// <param name="draws">Receives the draws of each part.</param>
    public void Divide(long resample, IReadOnlyList<int> starts, Span<int> draws)
    {
        draws.Clear();
        var (units, parts) = (starts[^1], draws.Length);
        var stream = StreamOf(resample);
        for (var draw = 0; draw < units; draw++)
        {
            var unit = UnitOf(stream, draw, units);
            // Parts are about equally large.
            var part = (int)((long)unit * parts / units);
            while (unit < starts[part]) part--;
            while (unit >= starts[part + 1]) part++;
            draws[part]++;
        }
    }

    /// <summary>Counts how many times each unit of a part is drawn in one resample, which is a resample of all parts when their draws are those of <see cref="Divide"/>.</summary>
    public void Draw(long resample, int part, int draws, Span<int> multiplicity) =>
        Draw(Mix(StreamOf(resample) + 0xA0761D6478BD642FUL * (ulong)(part + 1)), draws, multiplicity);

    private static void Draw(ulong stream, int draws, Span<int> multiplicity)
    {
        multiplicity.Clear();
        for (var draw = 0; draw < draws; draw++) multiplicity[UnitOf(stream, draw, multiplicity.Length)]++;
    }

    private static int UnitOf(ulong stream, int draw, int units) => (int)Math.BigMul(Mix(stream + 0xD1B54A32D192ED03UL * (ulong)(draw + 1)), (ulong)units, out _);

    private ulong StreamOf(long resample) => Mix(Seed + 0x9E3779B97F4A7C15UL * (ulong)(resample + 1));

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
    /// <summary>Compares two runs that were resampled alike; undefined without resamples.</summary>
    /// <param name="value">The figure of the first run.</param>
    /// <param name="other">That of the second.</param>
    /// <param name="samples">The first run's figure in each resample.</param>
    /// <param name="others">The second run's in the same ones.</param>
    /// <param name="confidence">Share of resamples in the interval, such as 0.95.</param>
    public static PairedComparison Compare(double value, double other, double[] samples, double[] others, double confidence)
    {
        var observed = other - value;
        var differences = samples.Select((sample, i) => others[i] - sample).ToArray();
        // Scores of few rows take few values, so differences equal up to rounding count as equally extreme.
        var extreme = differences.Count(difference => Math.Abs(difference - observed) >= Math.Abs(observed) * (1 - 1e-9));
        return new PairedComparison(Around(observed, differences, confidence), differences.Length == 0 ? double.NaN : (extreme + 1.0) / (differences.Length + 1));
    }

    /// <summary>A figure with the interval of its defined resamples.</summary>
    public static Interval Around(double value, double[] samples, double confidence) =>
        samples.Length == 0 || double.IsNaN(value) ? new Interval(value, double.NaN, double.NaN) : Percentiles(value, [.. samples.Where(sample => !double.IsNaN(sample)).DefaultIfEmpty(double.NaN)], confidence);

    /// <summary>The interval that contains the given share of the samples, with linear interpolation between order statistics (numpy's default).</summary>
    public static Interval Percentiles(double value, ReadOnlySpan<double> samples, double confidence)
    {
        var sorted = samples.ToArray();
        Array.Sort(sorted);
        return new Interval(value, Quantile(sorted, (1 - confidence) / 2), Quantile(sorted, (1 + confidence) / 2));
    }

    private static double Quantile(double[] sorted, double share)
    {
        var at = Math.Clamp(share, 0, 1) * (sorted.Length - 1);
        var below = (int)Math.Floor(at);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
