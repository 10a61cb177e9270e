using System.Globalization;
using InstructKit.Diagnostics;

namespace InstructKit.Sources.Hub;

/// <summary>
/// Decides whether and when to try again: five tries without progress, pauses of 1 s doubling to 8 s with jitter, or as long as the server asks.
/// </summary>
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
                {
                    Hint = "Try again later; what has arrived is kept and the download goes on from there.",
                },
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
