using InstructKit.Lengths;
using Xunit;

namespace InstructKit.Tests.Lengths;

public sealed class SequencePackingTests
{
    // Computed by hand: decreasing 7 5 5 4 3 3 2 1 into 10: [7 3] [5 5] [4 3 2 1].
    [Fact]
    public void The_longest_come_first_and_each_goes_where_it_first_fits()
    {
        var packed = SequencePacking.Pack([3, 7, 1, 5, 4, 5, 2, 3], 10);
        Assert.Equal([[0, 1], [2, 4, 6, 7], [3, 5]], packed);
    }

    [Fact]
    public void Every_example_is_in_one_sequence_as_in_the_plain_definition()
    {
        var random = new TokenTexts(61);
        for (var i = 0; i < 300; i++)
        {
            var capacity = 1 + random.Number(100);
            int[] lengths = [.. Enumerable.Range(0, random.Number(200)).Select(_ => random.Number(capacity + 1))];
            var packed = SequencePacking.Pack(lengths, capacity);
            Assert.Equal(Enumerable.Range(0, lengths.Length), packed.SelectMany(sequence => sequence).Order());
            Assert.All(packed, sequence => Assert.True(sequence.Sum(index => lengths[index]) <= capacity));
            Assert.Equal(Plain(lengths, capacity), packed);

            // First-fit decreasing needs at most 11/9 of the optimum and 6/9 (Dósa 2007); the sum is a lower bound of the optimum only, so only one half is guaranteed.
            Assert.True(packed.Count <= 1 || packed.Sum(sequence => sequence.Sum(index => (long)lengths[index])) * 2 > (long)(packed.Count - 1) * capacity);
        }
    }

    [Fact]
    public void Mixed_lengths_use_the_room_well()
    {
        // Lengths as in instruction data, many short and few long ones: the goal is 95 %.
        var random = new TokenTexts(62);
        int[] lengths = [.. Enumerable.Range(0, 20_000).Select(_ => 20 + (int)(Math.Pow(random.Number(1000) / 1000.0, 3) * 1260))];
        var packed = SequencePacking.Pack(lengths, 1280);
        Assert.True(lengths.Sum(length => (long)length) >= 0.95 * packed.Count * 1280);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(-1)]
    public void A_length_that_does_not_fit_is_the_callers_mistake(int length) => Assert.Throws<ArgumentOutOfRangeException>(() => SequencePacking.Pack([1, length], 10));

    private static List<List<int>> Plain(int[] lengths, int capacity)
    {
        List<List<int>> sequences = [];
        foreach (var index in Enumerable.Range(0, lengths.Length).OrderByDescending(index => lengths[index]).ThenBy(index => index))
        {
            var fitting = sequences.Find(sequence => sequence.Sum(other => lengths[other]) + lengths[index] <= capacity);
            if (fitting is null) sequences.Add(fitting = []);

            fitting.Add(index);
        }

        return [.. sequences.Select(sequence => sequence.Order().ToList()).OrderBy(sequence => sequence[0])];
    }
}
