using System.Security.Cryptography;

namespace InstructKit.Sources.Hub;

/// <summary>The clock by which retries wait. Tests put in one that does not.</summary>
public sealed class HubPacing
{
    /// <summary>Waits.</summary>
    public Func<TimeSpan, CancellationToken, Task> Delay { get; init; } = Task.Delay;

    /// <summary>Time of day, for servers that name one.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// A number from 0 to below 1, so that many clients that failed together do not come back together. Decides about waiting only, never about bytes.
    /// </summary>
    public Func<double> Jitter { get; init; } = () => RandomNumberGenerator.GetInt32(1000) / 1000.0;
}
