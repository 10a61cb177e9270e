using InstructKit.Lengths;
using Xunit;

namespace InstructKit.Tests.Lengths;

public sealed class LengthStatisticsTests
{
    [Fact]
    public void Quantiles_are_nearest_ranks_and_merging_changes_nothing()
    {
        var random = new TokenTexts(71);
        var (all, left, right) = (new LengthStatistics(), new LengthStatistics(), new LengthStatistics());
        List<int> lengths = [];
        for (var i = 0; i < 1001; i++)
        {
            var length = random.Number(300) * random.Number(30);
            lengths.Add(length);
            all.Add(length);
            (i % 3 == 0 ? left : right).Add(length);
        }

        left.Add(right);
        lengths.Sort();
        foreach (var share in new[] { 0, 0.25, 0.5, 0.9, 0.99, 1 })
        {
            var expected = lengths[Math.Max(0, (int)Math.Ceiling(share * lengths.Count) - 1)];
            Assert.Equal((expected, expected), (all.Quantile(share), left.Quantile(share)));
        }

        Assert.Equal((1001, lengths.Sum(length => (long)length), lengths.Average()), (left.Count, left.Sum, left.Mean));
        Assert.Equal(lengths.Count(length => length > 512), left.CountAbove(512));
        Assert.Equal(0, new LengthStatistics().Quantile(0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => all.Quantile(double.NaN));
    }

    [Fact]
    public void Bins_of_a_histogram_end_at_powers_of_two()
    {
        var statistics = new LengthStatistics();
        foreach (var length in new[] { 3, 4, 5, 8, 9, 100, 128, 129 }) statistics.Add(length);

        Assert.Equal([(4, 2), (8, 2), (16, 1), (32, 0), (64, 0), (128, 2), (256, 1)], statistics.Histogram());
        statistics.Add(0);
        statistics.Add(1);
        statistics.Add(2);
        Assert.Equal([(1, 2), (2, 1), (4, 2)], statistics.Histogram().Take(3));
        Assert.Empty(new LengthStatistics().Histogram());
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("  \n", 0)]
    [InlineData("one", 1)]
    [InlineData(" one  two\u3000three\u00a0four\n", 4)]
    public void Words_are_runs_without_white_space(string text, int expected) => Assert.Equal(expected, LengthStatistics.CountWords(Encoding.UTF8.GetBytes(text)));
}
