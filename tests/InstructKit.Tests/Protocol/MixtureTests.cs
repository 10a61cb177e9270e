using InstructKit.Protocol;
using Xunit;

namespace InstructKit.Tests.Protocol;

public sealed class MixtureTests
{
    private static readonly MixtureTask[] Tasks = [new("copa", "commonsense", 350), new("sst2", "sentiment", 30_000), new("imdb", "sentiment", 9_800)];

    [Fact]
    public void Rates_are_the_rows_up_to_the_maximum()
    {
        var shares = new Mixture { Kind = MixtureKind.Rates, Epochs = 3 }.Divide(Tasks);
        Assert.Equal([350L, 3_000, 3_000], shares.Select(share => share.Rate));
        Assert.Equal([350L, 3_000, 3_000], shares.Select(share => share.PerEpoch));
        Assert.Equal([1_050L, 9_000, 9_000], shares.Select(share => share.Total));
        Assert.Equal(3_000m / 6_350, shares[1].Probability);
    }

    [Fact]
    public void Draws_are_divided_by_largest_remainder()
    {
        // 1,000 by 350 : 3,000 : 3,000 are 55.118, 472.441 and 472.441: one is left for the first of the two largest remainders.
        Assert.Equal([55L, 473, 472], new Mixture { Kind = MixtureKind.Draw, Draw = 1_000 }.Divide(Tasks).Select(share => share.Total));
        Assert.Equal(1_000_000, new Mixture { Kind = MixtureKind.Draw, Draw = 1_000_000 }.Divide(Tasks).Sum(share => share.Total));
    }

    [Fact]
    public void Temperature_two_takes_the_root()
    {
        // 100 : 2,500 become 10 : 50.
        var shares = new Mixture { Kind = MixtureKind.Draw, Draw = 600, Temperature = 2 }.Divide([new("a", "x", 100), new("b", "x", 2_500)]);
        Assert.Equal([100L, 500], shares.Select(share => share.Total));
    }

    [Fact]
    public void Weights_of_tasks_and_clusters_multiply()
    {
        var mixture = new Mixture { Kind = MixtureKind.Draw, Draw = 1_350, Weights = [new("copa", 20), new("sentiment", 0.5m), new("imdb", 0)] };
        // 350 * 20, 3,000 / 2, nothing.
        Assert.Equal([1_112L, 238, 0], mixture.Divide(Tasks).Select(share => share.Total));
    }

    [Fact]
    public void Nested_groups_divide_by_their_weights()
    {
        MixtureTask[] tasks = [new("a", "x", 10), new("b", "x", 30), new("c", "y", 100_000), new("d", "y", 5), new("e", "z", 1)];
        var mixture = new Mixture
        {
            Kind = MixtureKind.Draw,
            Draw = 1_000,
            Groups =
            [
                new("first", 40, [], null, [new("small", 1, ["x"], null, []), new("large", 3, ["c"], 30_000, [])]),
                new("second", 60, ["d", "z"], 4, []),
                new("absent", 100, ["nothing"], null, []),
            ],
        };
        // 400 as 100 (10 : 30) and 300; 600 as 4 : 1. A group without tasks is ignored.
        Assert.Equal([25L, 75, 300, 480, 120], mixture.Divide(tasks).Select(share => share.Total));
        Assert.Equal(30_000, mixture.Divide(tasks)[2].Rate);
        Assert.Equal(4, mixture.Divide(tasks)[3].Rate);
    }
}
