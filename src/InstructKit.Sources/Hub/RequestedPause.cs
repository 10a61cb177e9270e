using System.Globalization;
using System.Net.Http.Headers;

namespace InstructKit.Sources.Hub;

/// <summary>How long a server asks to wait.</summary>
/// <param name="Wait">The pause.</param>
/// <param name="IsTooLong">True when nobody should sit and wait for so long.</param>
internal sealed record RequestedPause(TimeSpan Wait, bool IsTooLong)
{
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(120);

    // The hub counts requests in windows of five minutes.
    private static readonly TimeSpan LongestWindow = TimeSpan.FromSeconds(301);

    /// <summary>The pause that the headers ask for: <c>RateLimit: "api";r=0;t=55</c> first (the seconds until the window ends), else <c>Retry-After</c>. Null for none.</summary>
    public static RequestedPause? Of(HttpResponseHeaders headers, TimeProvider clock)
    {
        if (headers.TryGetValues("RateLimit", out var limits) && ResetOf(string.Join(",", limits)) is { } seconds)
        {
            var window = TimeSpan.FromSeconds(seconds + 1);
            return new RequestedPause(window, window > LongestWindow);
        }

        var wait = headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return wait is { } asked ? new RequestedPause(asked > TimeSpan.Zero ? asked : TimeSpan.Zero, asked > LongestRetryAfter) : null;
    }

    private static int? ResetOf(string limits)
    {
        int? reset = null;
        foreach (var limit in limits.Split(','))
        {
            var parameters = limit.Split(';').Select(part => part.Trim()).ToList();
            if (parameters.Contains("r=0") && parameters.Find(part => part.StartsWith("t=", StringComparison.Ordinal)) is { } time
                && int.TryParse(time.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 1_000_000)
            {
                reset = Math.Max(reset ?? 0, seconds);
            }
        }

        return reset;
    }
}
