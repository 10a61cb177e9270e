using InstructKit.Evaluation.Metrics;
using Xunit;

namespace InstructKit.Tests.Evaluation;

/// <summary>Intervals, paired tests and figures of several samples.</summary>
public sealed class ResamplingTests
{
    private static readonly ReadOnlyMemory<byte>[] Yes = ["yes"u8.ToArray()];
    private static readonly Metric Accuracy = new Accuracy("accuracy");

    [Fact]
    public void A_resample_draws_as_many_units_as_there_are_and_the_same_ones_every_time()
    {
        var (first, second, other) = (new int[1000], new int[1000], new int[1000]);
        new Resampler(5).Draw(3, first);
        new Resampler(5).Draw(3, second);
        new Resampler(5).Draw(4, other);
        Assert.Equal(1000, first.Sum());
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
        // A unit is left out with probability (1 − 1/n)^n, close to 1/e: 368 of 1,000, with a standard deviation near 10.
        Assert.InRange(first.Count(static times => times == 0), 320, 416);
    }

    [Fact]
    public void Every_unit_is_drawn_equally_often_in_the_long_run()
    {
        var (total, draw) = (new long[7], new int[7]);
        for (var resample = 0; resample < 20_000; resample++)
        {
            new Resampler(1).Draw(resample, draw);
            for (var i = 0; i < draw.Length; i++) total[i] += draw[i];
        }

        // Each total has mean 20,000 and a standard deviation near 131.
        Assert.All(total, static sum => Assert.InRange(sum, 19_400, 20_600));
    }

    [Fact]
    public void The_interval_of_a_share_is_close_to_the_normal_one()
    {
        var (value, samples) = Resampled(Accuracy, 0, Outcomes(static i => i % 4 != 0, 400), new Resampler(2), 2000);
        var interval = Bootstrap.Around(value, samples, 0.95);
        Assert.Equal(75, interval.Value, 1e-12);
        // 1.96 · √(0.75 · 0.25 / 400) = 4.24 points.
        Assert.InRange(interval.Low, 75 - 4.24 - 0.8, 75 - 4.24 + 0.8);
        Assert.InRange(interval.High, 75 + 4.24 - 0.8, 75 + 4.24 + 0.8);
    }

    [Fact]
    public void Percentiles_interpolate_between_order_statistics()
    {
        // numpy.percentile([0, 10, 20, 30, 40], [5, 95]) = [2, 38].
        Assert.Equal(new Interval(1, 2, 38), Rounded(Bootstrap.Percentiles(1, [40, 0, 20, 10, 30], 0.9)));
    }

    [Fact]
    public void A_run_does_not_differ_from_itself_but_from_a_better_one()
    {
        var (weak, strong) = (Outcomes(static i => i % 2 == 0, 300), Outcomes(static i => i % 5 != 0, 300));
        var (value, samples) = Resampled(Accuracy, 0, weak, new Resampler(3), 1000);
        Assert.Equal(new PairedComparison(new Interval(0, 0, 0), 1), Bootstrap.Compare(value, value, samples, samples, 0.95));
        var (other, others) = Resampled(Accuracy, 0, strong, new Resampler(3), 1000);
        var comparison = Bootstrap.Compare(value, other, samples, others, 0.95);
        Assert.Equal(30, comparison.Difference.Value, 1e-9);
        Assert.True(comparison.Difference.Low > 0);
        Assert.Equal(1 / 1001.0, comparison.P, 1e-12);
        Assert.True(double.IsNaN(Bootstrap.Compare(value, other, [], [], 0.95).P));
    }

    [Fact]
    public void Groups_are_resampled_whole()
    {
        // Two questions of ten answers each, one all correct, one all wrong: exact match can only be 0, 50 or 100.
        var metric = MetricTableTests.Create("multirc");
        var units = new StatisticTable(metric.Width);
        var workspace = new MetricWorkspace();
        foreach (var right in new[] { true, false })
        {
            var rows = new double[10 * metric.Width];
            for (var i = 0; i < 10; i++) metric.Measure(new MetricRow { PredictedValue = right ? 1 : 0, ExpectedValue = 1 }, workspace, rows.AsSpan(i * metric.Width, metric.Width));
            metric.Combine(rows, units.Add());
        }

        var (value, samples) = Resampled(metric, 1, units, new Resampler(4), 500);
        var interval = Bootstrap.Around(value, samples, 0.95);
        Assert.Equal((50, 0, 100), (interval.Value, interval.Low, interval.High));
    }

    // Expected: scipy.stats.binomtest(b, b + c).pvalue.
    [Theory]
    [InlineData(0, 0, 1.0)]
    [InlineData(5, 5, 1.0)]
    [InlineData(0, 10, 0.001953125)]
    [InlineData(10, 0, 0.001953125)]
    [InlineData(3, 15, 0.007537841796875)]
    [InlineData(4800, 5200, 6.593515598672341e-05)]
    public void McNemar_is_the_exact_binomial_test(int onlyFirst, int onlySecond, double expected) =>
        Assert.Equal(1, McNemar.Of(onlyFirst, onlySecond).P / expected, 1e-9);

    [Fact]
    public void McNemar_counts_the_disagreements()
    {
        var test = McNemar.Of([true, true, false, false, true], [true, false, true, false, false]);
        Assert.Equal((2, 1), (test.OnlyFirst, test.OnlySecond));
        Assert.InRange(McNemar.Of(0, 5_000_000).P, 0, 1e-300);
        Assert.Equal(1, McNemar.Of(5_000_000, 5_000_000).P, 1e-9);
    }

    [Fact]
    public void Pass_at_k_is_the_share_of_subsets_with_a_right_sample()
    {
        for (var samples = 1; samples <= 8; samples++)
        {
            for (var correct = 0; correct <= samples; correct++)
            {
                for (var k = 1; k <= samples; k++)
                {
                    var subsets = Enumerable.Range(0, 1 << samples).Where(set => int.PopCount(set) == k).ToList();
                    var expected = subsets.Count(set => (set & ((1 << correct) - 1)) != 0) / (double)subsets.Count;
                    Assert.Equal(expected, Sampling.PassAt(samples, correct, k), 1e-12);
                }
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Sampling.PassAt(3, 1, 4));
    }

    [Theory]
    [InlineData(new[] { 4, 7, 7, 4 }, 4, 0)]
    [InlineData(new[] { 4, 7, 7, 4 }, 3, 1)]
    [InlineData(new[] { -1, -1, 2 }, 3, 2)]
    [InlineData(new[] { -1, -1 }, 2, -1)]
    [InlineData(new[] { 5 }, 9, 0)]
    public void The_majority_of_the_first_k_answers_wins_and_the_first_on_ties(int[] answers, int k, int expected) => Assert.Equal(expected, Sampling.MajorityAt(answers, k));

    // A figure of all units, and of each resample of them.
    private static (double Value, double[] Samples) Resampled(Metric metric, int figure, StatisticTable units, Resampler resampler, int resamples)
    {
        var (figures, multiplicity, samples) = (new double[metric.Figures.Count], new int[units.Count], new double[resamples]);
        for (var i = 0; i < resamples; i++)
        {
            resampler.Draw(i, multiplicity);
            metric.Conclude(units, multiplicity, figures);
            samples[i] = figures[figure];
        }

        metric.Conclude(units, [], figures);
        return (figures[figure], samples);
    }

    private static Interval Rounded(Interval interval) => new(Math.Round(interval.Value, 9), Math.Round(interval.Low, 9), Math.Round(interval.High, 9));

    private static StatisticTable Outcomes(Func<int, bool> right, int count)
    {
        var (table, workspace) = (new StatisticTable(Accuracy.Width), new MetricWorkspace());
        for (var i = 0; i < count; i++) Accuracy.Measure(new MetricRow { Prediction = right(i) ? "yes"u8 : "no"u8, References = Yes }, workspace, table.Add());
        return table;
    }
}
