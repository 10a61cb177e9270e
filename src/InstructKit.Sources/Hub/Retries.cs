using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace InstructKit.Sources.Hub;

/// <summary>Decides whether and when to try again: five tries without progress, pauses of 1 s doubling to 8 s with jitter, or as long as the server
/// asks.</summary>
/// <param name="subject">What is being tried, for messages.</param>
/// <param name="pacing">The clock.</param>
/// <param name="notify">Told about every pause; may be null.</param>
internal sealed class Retries(string subject, HubPacing pacing, Action<string, TimeSpan>? notify)
{
    /// <summary>Tries without progress.</summary>
    public const int MaxTries = 5;

    private const int MaxResumptions = 1000;

    private int _failures;
    private int _resumptions;

    /// <summary>Notes that the last try got further than the one before, so that it does not count against the number of tries.</summary>
    public void Advanced()
    {
        _failures = 0;
        _resumptions++;
    }

    /// <summary>Waits before the next try.</summary>
    /// <exception cref="DiagnosticException">There is none: too many tries (IK8009), or the server asks for too long a pause (IK8010).</exception>
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

    /// <summary>Tries until it works.</summary>
    /// <exception cref="DiagnosticException">It does not.</exception>
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

/// <summary>The clock by which retries wait. Tests put in one that does not.</summary>
public sealed class HubPacing
{
    /// <summary>Waits.</summary>
    public Func<TimeSpan, CancellationToken, Task> Delay { get; init; } = Task.Delay;

    /// <summary>Time of day, for servers that name one.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>A number from 0 to below 1, so that many clients that failed together do not come back together. Decides about waiting only, never about
    /// bytes.</summary>
    public Func<double> Jitter { get; init; } = () => RandomNumberGenerator.GetInt32(1000) / 1000.0;
}

/// <summary>How long a server asks to wait.</summary>
/// <param name="Wait">The pause.</param>
/// <param name="IsTooLong">True when the wait is too long for an interactive command.</param>
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

/// <summary>Something that may go better next time: a cut connection, a server's bad minute.</summary>
/// <param name="message">What happened, for people.</param>
/// <param name="pause">How long the server asks to wait, or null.</param>
/// <param name="inner">The cause.</param>
internal sealed class TransientException(string message, RequestedPause? pause = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How long the server asks to wait, or null.</summary>
    public RequestedPause? Pause => pause;

    /// <summary>True when bytes arrived, but too slowly: no progress that allows more tries.</summary>
    public bool IsSlow { get; init; }
}

/// <summary>Bytes that are not those that were announced.</summary>
/// <param name="message">What differs, for people.</param>
internal sealed class ContentException(string message) : Exception(message);

/// <summary>Detects a transfer that is too slow to end: with a byte now and then a server never lets a read time out.</summary>
internal sealed class TransferSpeed(TimeProvider clock)
{
    /// <summary>Bytes a second below which a transfer is given up.</summary>
    public const int Floor = 1 << 10;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private long _since = clock.GetTimestamp();
    private long _bytes;

    /// <summary>Counts bytes that arrived.</summary>
    /// <exception cref="TransientException">Fewer than <see cref="Floor"/> bytes a second arrived over half a minute.</exception>
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
