namespace InstructKit.Protocol;

/// <summary>A task that takes no part in training or evaluation, and why.</summary>
/// <param name="Task">Its key.</param>
/// <param name="Reason">One clause for people, such as <c>its cluster paraphrase leaves with natural_language_inference</c>.</param>
public sealed record ExcludedTask(string Task, string Reason)
{
    /// <summary>The key or option that keeps it, one clause; null where it is left out as the plan says.</summary>
    public string? Cure { get; init; }
}
