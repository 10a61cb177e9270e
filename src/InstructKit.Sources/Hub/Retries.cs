using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace InstructKit.Sources.Hub;

/// <summary>Decides whether and when to retry: five attempts without progress, pauses of 1 s doubling to 8 s with jitter, or as long as the server
/// asks.</summary>
/// <param name="subject">What is being tried, for messages.</param>
/// <param name="pacing">Provides the clock.</param>
/// <param name="notify">Notified of every pause; may be null.</param>
internal sealed class Retries(string subject, HubPacing pacing, Action<string, TimeSpan>? notify)
{
    /// <summary>Attempts without progress.</summary>
    public const int MaxTries = 5;

    private const int MaxResumptions = 1000;

    private int _failures;
    private int _resumptions;

    /// <summary>Records that the last attempt made progress, so that it does not count towards the limit.</summary>
    public void Advanced()
    {
        _failures = 0;
        _resumptions++;
    }

    /// <summary>Waits before the next attempt.</summary>
    /// <exception cref="DiagnosticException">No further attempt: too many (IK8009), or the server asks for too long a pause (IK8010).</exception>
    public async Task PauseAsync(TransientException fault, CancellationToken cancel)
    {
        if (++_failures >= MaxTries || _resumptions > MaxResumptions)
        {
            throw new DiagnosticException(
                new Diagnostic(HubCodes.Unavailable, Severity.Error, $"{subject} could not be fetched, {_failures} tries in a row: {fault.Message}.")
                { Hint = "Try again later; what has arrived is kept and the download continues from there." },
                fault);
        }

        if (fault.Pause is { IsTooLong: true } asked)
        {
            var message = string.Create(CultureInfo.InvariantCulture, $"{subject}: {fault.Message}, and asks to wait {asked.Wait.TotalSeconds:0} seconds.");
            throw new DiagnosticException(
                new Diagnostic(HubCodes.RateLimited, Severity.Error, message) { Hint = "Try again then. With a token (HF_TOKEN) the hub allows more requests." },
                fault);
        }

        var wait = fault.Pause?.Wait ?? TimeSpan.FromSeconds(Math.Min(8, 1 << (_failures - 1)) * (0.75 + (pacing.Jitter() / 2)));
        notify?.Invoke(fault.Message, wait);
        await pacing.Delay(wait, cancel).ConfigureAwait(false);
    }

    /// <summary>Retries until it succeeds.</summary>
    /// <exception cref="DiagnosticException">It does not succeed.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> attempt, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await attempt().ConfigureAwait(false);
            }
            catch (TransientException fault)
            {
                await PauseAsync(fault, cancel).ConfigureAwait(false);
            }
        }
    }
}

/// <summary>The clock by which retries wait. Tests substitute one that does not.</summary>
public sealed class HubPacing
{
    /// <summary>Waits.</summary>
    public Func<TimeSpan, CancellationToken, Task> Delay { get; init; } = Task.Delay;

    /// <summary>Current time, for servers that state one.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>A number in [0, 1), so that clients that failed together do not return together. Affects only waiting, never
    /// output bytes.</summary>
    public Func<double> Jitter { get; init; } = () => RandomNumberGenerator.GetInt32(1000) / 1000.0;
}

/// <summary>The pause that a server asks for.</summary>
/// <param name="Wait">The pause.</param>
/// <param name="IsTooLong">True when the wait is too long for an interactive command.</param>
internal sealed record RequestedPause(TimeSpan Wait, bool IsTooLong)
{
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(120);

    // The hub counts requests in windows of five minutes.
    private static readonly TimeSpan LongestWindow = TimeSpan.FromSeconds(301);

    /// <summary>The pause requested by the headers: <c>RateLimit: "api";r=0;t=55</c> first (the seconds until the window ends), else <c>Retry-After</c>. Null if none.</summary>
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

/// <summary>A failure that may not recur: a dropped connection, an overloaded server.</summary>
/// <param name="message">What happened, for display.</param>
/// <param name="pause">The wait requested by the server, or null.</param>
/// <param name="inner">The cause.</param>
internal sealed class TransientException(string message, RequestedPause? pause = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The wait requested by the server, or null.</summary>
    public RequestedPause? Pause => pause;

    /// <summary>True when bytes arrived, but too slowly: not progress that allows more attempts.</summary>
    public bool IsSlow { get; init; }
}

/// <summary>The received bytes differ from those announced.</summary>
/// <param name="message">What differs, for display.</param>
internal sealed class ContentException(string message) : Exception(message);

/// <summary>Detects a transfer that is too slow to finish: a server that sends a byte now and then never lets a read time out.</summary>
internal sealed class TransferSpeed(TimeProvider clock)
{
    /// <summary>Bytes per second below which a transfer is given up.</summary>
    public const int Floor = 1 << 10;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private long _since = clock.GetTimestamp();
    private long _bytes;

    /// <summary>Counts bytes that arrived.</summary>
    /// <exception cref="TransientException">Fewer than <see cref="Floor"/> bytes per second arrived over half a minute.</exception>
    public void Add(int bytes)
    {
        _bytes += bytes;
        var elapsed = clock.GetElapsedTime(_since);
        if (elapsed < Window) return;

        if (_bytes < Floor * elapsed.TotalSeconds)
            throw new TransientException(string.Create(CultureInfo.InvariantCulture, $"only {_bytes} bytes arrived in {elapsed.TotalSeconds:0} seconds")) { IsSlow = true };

        (_since, _bytes) = (clock.GetTimestamp(), 0);
    }
}
