namespace InstructKit.Tasks;

/// <summary>A dataset of the Hugging Face hub.</summary>
/// <param name="Id">Repository, such as <c>aps/super_glue</c>.</param>
/// <param name="Config">Configuration, such as <c>rte</c>.</param>
/// <param name="Revision">Branch, tag or commit; null for the default branch.</param>
public sealed record HubDataset(string Id, string? Config, string? Revision);
