using InstructKit.Tasks;

namespace InstructKit.Protocol;

/// <summary>Number of examples of each training task.</summary>
public enum MixtureKind
{
    /// <summary>Every selected row once.</summary>
    Once,

    /// <summary>Examples-proportional with a maximum: a task has min(n, maximum) examples per epoch (FLAN paper, section 2.4).</summary>
    Rates,

    /// <summary>A total that is divided among the tasks.</summary>
    Draw,
}

/// <summary>The mixture of the training tasks.</summary>
public sealed record Mixture
{
    /// <summary>Maximum number of training examples of one task (FLAN paper, section 2.4).</summary>
    public const int MaxExamples = 30_000;

    /// <summary>Its kind; null for <see cref="MixtureKind.Once"/>.</summary>
    public MixtureKind? Kind { get; init; }

    /// <summary>Maximum rate of a task; 3,000 in FLAN.</summary>
    public long MaxRate { get; init; } = 3_000;

    /// <summary>Epochs of <see cref="MixtureKind.Rates"/>, each with further rows and newly sampled templates.</summary>
    public long Epochs { get; init; } = 1;

    /// <summary>A rate r is weighted as r^(1/temperature); 1 keeps the rates.</summary>
    public decimal Temperature { get; init; } = 1;

    /// <summary>Total of <see cref="MixtureKind.Draw"/>.</summary>
    public long? Draw { get; init; }

    /// <summary>Maximum number of uses of a row; null for as many as the total needs.</summary>
    public long? MaxRepeats { get; init; }

    /// <summary>Factors of tasks and clusters.</summary>
    public IReadOnlyList<MixtureWeight> Weights { get; init; } = [];

    /// <summary>Groups that divide the total by their weights; empty for none.</summary>
    public IReadOnlyList<MixtureGroup> Groups { get; init; } = [];

    /// <summary>True when a task's examples per epoch equal its rate.</summary>
    internal bool IsPlain => Temperature == 1 && Weights.Count == 0 && Groups.Count == 0;

    /// <summary>The share of each task.</summary>
    /// <param name="tasks">The training tasks, in order.</param>
    internal IReadOnlyList<MixtureShare> Divide(IReadOnlyList<MixtureTask> tasks)
    {
        long[] rates = [.. tasks.Select(task => Math.Min(task.Rows, MaxRateOf(task, Groups) ?? MaxRate))];
        decimal[] weights = [.. tasks.Select((task, i) => WeightOf(task, rates[i]))];
        decimal[] shares = Groups.Count == 0 ? Normal(weights) : new decimal[tasks.Count];
        if (Groups.Count > 0) Spread(1, Groups, tasks, weights, shares);

        var total = Kind == MixtureKind.Draw ? Draw ?? 0 : rates.Sum();
        long[] counts = (Kind ?? MixtureKind.Once) switch
        {
            MixtureKind.Once => [.. tasks.Select(task => task.Rows)],
            MixtureKind.Rates when IsPlain => rates,
            _ => LargestRemainder(total, shares),
        };
        return [.. tasks.Select((task, i) => new MixtureShare(task.Key, task.Rows, rates[i], shares[i], counts[i], Kind == MixtureKind.Rates ? counts[i] * Epochs : counts[i], RepeatsOf(task, counts[i])))];
    }

    /// <summary>Divides a total so that each part differs from its share by less than one: the parts with the largest remainders, the first on ties, get one more.</summary>
    /// <param name="shares">Shares that sum to 1, or to 0 when there is nothing to divide.</param>
    internal static long[] LargestRemainder(long total, IReadOnlyList<decimal> shares)
    {
        decimal[] exact = [.. shares.Select(share => share * total)];
        long[] counts = [.. exact.Select(value => (long)Math.Floor(value))];
        if (shares.Sum() == 0) return counts;

        var missing = (int)Math.Min(total - counts.Sum(), int.MaxValue);
        foreach (var i in Enumerable.Range(0, counts.Length).Where(i => shares[i] > 0).OrderByDescending(i => exact[i] - counts[i]).Take(missing)) counts[i]++;
        return counts;
    }

    // In an epoch no row is used twice, unless a task is to have more examples than rows.
    private long RepeatsOf(MixtureTask task, long count) => (Kind ?? MixtureKind.Once) switch
    {
        MixtureKind.Once => 1,
        MixtureKind.Rates when count <= task.Rows => Math.Min(Epochs, MaxRepeats ?? long.MaxValue),
        _ => MaxRepeats ?? long.MaxValue,
    };

    private decimal WeightOf(MixtureTask task, long rate)
    {
        if (rate == 0) return 0;

        // Six decimals, so that CPU differences in the last bits of a power do not matter.
        var weight = Temperature == 1 ? rate : Math.Round((decimal)Math.Pow(rate, 1 / (double)Temperature), 6);
        return Weights.Where(one => task.IsNamed(one.Name.Text)).Aggregate(weight, (product, one) => product * one.Weight);
    }

    private static long? MaxRateOf(MixtureTask task, IReadOnlyList<MixtureGroup> groups)
    {
        foreach (var group in groups)
        {
            if (group.Has(task) || group.Groups.Any(inner => inner.HasWithin(task))) return MaxRateOf(task, group.Groups) ?? group.MaxRate;
        }

        return null;
    }

    // A group without tasks leaves its share to the others.
    private static void Spread(decimal part, IReadOnlyList<MixtureGroup> groups, IReadOnlyList<MixtureTask> tasks, decimal[] weights, decimal[] shares)
    {
        List<MixtureGroup> present = [.. groups.Where(group => tasks.Where((task, i) => weights[i] > 0 && group.HasWithin(task)).Any())];
        var all = present.Sum(group => group.Weight);
        foreach (var group in present.Where(_ => all > 0))
        {
            var own = part * group.Weight / all;
            if (group.Groups.Count > 0)
            {
                Spread(own, group.Groups, tasks, weights, shares);
                continue;
            }

            var normal = Normal([.. tasks.Select((task, i) => group.Has(task) ? weights[i] : 0)]);
            for (var i = 0; i < tasks.Count; i++) shares[i] += own * normal[i];
        }
    }

    private static decimal[] Normal(decimal[] weights)
    {
        var sum = weights.Sum();
        return [.. weights.Select(weight => sum == 0 ? 0 : weight / sum)];
    }
}

/// <summary>A factor of a task or of all tasks of a cluster.</summary>
/// <param name="Name">The task or cluster.</param>
/// <param name="Weight">The factor, 0 or more.</param>
public sealed record MixtureWeight(LocatedName Name, decimal Weight);

/// <summary>Tasks, or groups of them, that share a part of the mixture.</summary>
/// <param name="Name">Display name.</param>
/// <param name="Weight">Its share, relative to sibling groups.</param>
/// <param name="Tasks">Tasks and clusters in it; empty when it has <paramref name="Groups"/>.</param>
/// <param name="MaxRate">Maximum rate of a task in it; null for that of the enclosing group or the mixture.</param>
/// <param name="Groups">Groups within it.</param>
public sealed record MixtureGroup(string Name, decimal Weight, IReadOnlyList<LocatedName> Tasks, long? MaxRate, IReadOnlyList<MixtureGroup> Groups)
{
    internal bool Has(MixtureTask task) => Tasks.Any(name => task.IsNamed(name.Text));

    internal bool HasWithin(MixtureTask task) => Has(task) || Groups.Any(group => group.HasWithin(task));
}

/// <summary>A training task as seen by the mixture.</summary>
/// <param name="Rows">Its training rows: those of the slice before filters, or the cap.</param>
internal sealed record MixtureTask(string Key, string Cluster, long Rows)
{
    public bool IsNamed(string name) => name == Key || name == Cluster;
}

/// <summary>A training task's share of the mixture. All numbers are of rows; with all templates each row yields an example for each.</summary>
/// <param name="Task">Its key.</param>
/// <param name="Rows">Its training rows.</param>
/// <param name="Rate">Its rate: min(rows, maximum).</param>
/// <param name="Probability">The fraction of the mixture from its rate and weights.</param>
/// <param name="PerEpoch">Examples per epoch.</param>
/// <param name="Total">Total examples.</param>
/// <param name="MaxRepeats">Maximum number of uses of one of its rows.</param>
internal sealed record MixtureShare(string Task, long Rows, long Rate, decimal Probability, long PerEpoch, long Total, long MaxRepeats);
