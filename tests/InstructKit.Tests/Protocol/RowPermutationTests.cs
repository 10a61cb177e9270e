using InstructKit.Protocol;
using Xunit;

namespace InstructKit.Tests.Protocol;

public sealed class RowPermutationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(97)]
    [InlineData(4096)]
    [InlineData(100_003)]
    public void Every_row_has_a_position_of_its_own(long count)
    {
        foreach (var seed in new long[] { 0, 42, -1 })
        {
            var permutation = new RowPermutation(seed, count);
            Assert.Equal(Range(count), Range(count).Select(permutation.PositionOf).Order());
        }
    }

    [Fact]
    public void Large_domains_stay_within_their_bounds()
    {
        var permutation = new RowPermutation(7, (1L << 40) + 12345);
        List<long> positions = [.. Range(10_000).Select(row => permutation.PositionOf((1L << 40) - row))];
        Assert.Equal(10_000, positions.Distinct().Count());
        Assert.All(positions, position => Assert.InRange(position, 0, permutation.Count - 1));
    }

    [Fact]
    public void The_first_positions_are_a_fair_sample()
    {
        // 10,000 rows sorted by label, the first 3,000 positions: hypergeometric, standard deviation about 23.
        foreach (var seed in Range(20))
        {
            var permutation = new RowPermutation(seed, 10_000);
            Assert.InRange(Range(5_000).Count(row => permutation.PositionOf(row) < 3_000), 1_385, 1_615);
        }
    }

    [Fact]
    public void Neighbours_are_no_longer_neighbours_and_seeds_differ()
    {
        var permutation = new RowPermutation(1, 10_000);
        Assert.True(Range(9_999).Count(row => Math.Abs(permutation.PositionOf(row) - permutation.PositionOf(row + 1)) == 1) < 20);
        var other = new RowPermutation(2, 10_000);
        Assert.True(Range(10_000).Count(row => permutation.PositionOf(row) == other.PositionOf(row)) < 20);
    }

    [Fact]
    public void All_orders_of_three_rows_occur()
    {
        var orders = Range(2_000).Select(seed => new RowPermutation(seed, 3)).Select(one => string.Concat(Range(3).Select(one.PositionOf))).CountBy(order => order).ToList();
        Assert.Equal(6, orders.Count);
        Assert.All(orders, order => Assert.InRange(order.Value, 200, 480));
    }

    private static IEnumerable<long> Range(long count) => Enumerable.Range(0, (int)count).Select(row => (long)row);
}
