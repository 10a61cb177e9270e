using InstructKit.Sources.Hub;

namespace InstructKit.Cli.Options;

/// <summary>The hub's cache as a data folder: the word <c>hub</c>, and the lock that says at which commits its datasets are taken.</summary>
internal static class HubData
{
    /// <summary>The settings that the environment gives.</summary>
    /// <exception cref="InstructKit.Diagnostics.DiagnosticException">A variable cannot be followed (IK8016).</exception>
    public static HubSettings Settings() => HubSettings.FromEnvironment(Environment.GetEnvironmentVariable);

    private static string Cache => HubSettings.CacheFromEnvironment(Environment.GetEnvironmentVariable).Root;

    /// <summary>A folder; for the word <c>hub</c> the cache's path.</summary>
    public static string Expand(string folder) => folder == HubCache.RootWord ? Cache : folder;

    /// <summary>True for the path of the cache.</summary>
    public static bool IsCache(string folder) => folder == Cache;

    /// <summary>The lock that applies when one of the folders is a cache: the one in a folder, else in the current one; null when there is none.</summary>
    /// <param name="data">Data folders.</param>
    /// <param name="folder">Where to look first, or null.</param>
    /// <exception cref="InstructKit.Diagnostics.DiagnosticException">It cannot be read (IK8014).</exception>
    public static HubLock? LockFor(IReadOnlyList<string> data, string? folder = null)
    {
        if (!data.Any(root => Directory.Exists(root) && Directory.EnumerateDirectories(root, "datasets--*").Any())) return null;

        var path = new[] { folder ?? ".", "." }.Select(place => Path.Combine(place, HubLock.FileName)).FirstOrDefault(File.Exists);
        return path is null ? null : HubLock.Load(path);
    }
}
