namespace InstructKit.Protocol;

/// <summary>Mixing rates: examples-proportional with a maximum (FLAN paper, section 2.4: at most 30,000 examples per dataset, rate at most 3,000).</summary>
public static class Mixture
{
    /// <summary>Most training examples of one task.</summary>
    public const int MaxExamples = 30_000;

    /// <summary>Most that a task counts in the mixture.</summary>
    public const int MaxRate = 3_000;

    /// <summary>Rate of a task with <paramref name="examples"/> training examples.</summary>
    public static long Rate(long examples, long maximum = MaxRate) => Math.Min(examples, maximum);
}
