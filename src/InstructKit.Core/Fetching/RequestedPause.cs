using System.Globalization;
using System.Net.Http.Headers;

namespace InstructKit.Fetching;

/// <summary>How long a server asks to wait.</summary>
internal static class RequestedPause
{
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(120);

    /// <summary>The pause that the headers ask for: <c>RateLimit: "api";r=0;t=55</c> first (the seconds until the window ends), else <c>Retry-After</c>. Null for none.</summary>
    public static TimeSpan? Of(HttpResponseHeaders headers, TimeProvider clock)
    {
        if (headers.TryGetValues("RateLimit", out var limits) && ResetOf(string.Join(",", limits)) is { } seconds)
        {
            return TimeSpan.FromSeconds(seconds + 1);
        }

        var wait = headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        // Longer ones are handed on as they are too long to be obeyed.
        return wait is not { } asked ? null : asked < TimeSpan.Zero ? TimeSpan.Zero : asked <= LongestRetryAfter ? asked : TimeSpan.FromSeconds(Math.Max(asked.TotalSeconds, 302));
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
