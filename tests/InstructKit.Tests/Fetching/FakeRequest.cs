namespace InstructKit.Tests.Fetching;

/// <summary>A request that arrived.</summary>
/// <param name="IsHub">False when sent to the second host.</param>
/// <param name="Target">Path and query as they were sent.</param>
/// <param name="Headers">Headers.</param>
internal sealed record FakeRequest(bool IsHub, string Target, IReadOnlyDictionary<string, string> Headers)
{
    public string? Range => Headers.GetValueOrDefault("Range");

    public string? Authorization => Headers.GetValueOrDefault("Authorization");

    /// <summary>True when it requests the bytes of a file, not a list.</summary>
    public bool IsContent => !Target.StartsWith("/api/", StringComparison.Ordinal);
}
