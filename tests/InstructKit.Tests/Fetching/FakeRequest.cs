namespace InstructKit.Tests.Fetching;

/// <summary>A request that arrived.</summary>
/// <param name="IsHub">False when it came to the second host.</param>
/// <param name="Target">Path and query as they were sent.</param>
/// <param name="Headers">Headers.</param>
internal sealed record FakeRequest(bool IsHub, string Target, IReadOnlyDictionary<string, string> Headers)
{
    public string? Range => Headers.GetValueOrDefault("Range");

    public string? Authorization => Headers.GetValueOrDefault("Authorization");

    /// <summary>True when it asks for the bytes of a file, not for lists.</summary>
    public bool IsContent => !Target.StartsWith("/api/", StringComparison.Ordinal);
}
