using InstructKit.Protocol;
using Xunit;

namespace InstructKit.Tests.Protocol;

/// <summary>Tijdeman's bound: with k lanes, after every turn, no lane is more than 1 - 1/(2k-2) from its share.</summary>
public sealed class FairScheduleTests
{
    [Theory]
    [InlineData(new long[] { 5 })]
    [InlineData(new long[] { 1, 1 })]
    [InlineData(new long[] { 1, 999 })]
    [InlineData(new long[] { 0, 3, 0, 4 })]
    [InlineData(new long[] { 3_000, 3_000, 200, 350, 605, 1_122 })]
    [InlineData(new long[] { 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987 })]
    public void No_lane_is_ever_further_from_its_share_than_the_bound(long[] counts) => Check(counts);

    [Fact]
    public void Nor_with_drawn_counts()
    {
        // A linear congruence: counts of very different sizes, reproducible.
        var state = 12345L;
        for (var round = 0; round < 60; round++)
        {
            var counts = new long[2 + (round % 30)];
            for (var i = 0; i < counts.Length; i++)
            {
                state = ((state * 1_103_515_245) + 12_345) % (1L << 31);
                counts[i] = state % (i % 3 == 0 ? 400 : 12);
            }

            Check(counts);
        }
    }

    [Fact]
    public void An_example_may_be_taken_when_its_share_has_come_near()
    {
        // Two lanes, d = 1/2: example r of n may be taken from (r + 1/2)/n on.
        Assert.Equal((ulong)(0.5 / 4 * Math.Pow(2, 64)), FairSchedule.ReleaseKey(0, 4, 2));
        Assert.Equal((ulong)(2.5 / 4 * Math.Pow(2, 64)), FairSchedule.ReleaseKey(2, 4, 2));
        // 2^64 (2^40 - 1/2) / 2^40, exactly.
        Assert.Equal(ulong.MaxValue - (1UL << 23) + 1, FairSchedule.ReleaseKey((1L << 40) - 1, 1L << 40, 2));
    }

    private static void Check(long[] counts)
    {
        var schedule = new FairSchedule(counts);
        var (taken, total) = (new long[counts.Length], counts.Sum());
        var unit = Math.Max(1, (2 * counts.Length) - 2);
        for (var turn = 1L; turn <= total; turn++)
        {
            taken[schedule.Next()]++;
            for (var i = 0; i < counts.Length; i++)
            {
                // |taken - turn n/total| <= 1 - 1/unit, times unit and total; one lane is always exact.
                var distance = Math.Abs((taken[i] * total) - (turn * counts[i])) * unit;
                Assert.True(distance <= total * (unit - 1), $"turn {turn} of {total}, lane {i}: {taken[i]} of {counts[i]}");
            }
        }

        Assert.Equal(counts, taken);
        Assert.Equal(-1, schedule.Next());
    }
}
