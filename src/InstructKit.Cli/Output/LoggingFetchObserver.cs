using InstructKit.Sources.Hub;

namespace InstructKit.Cli.Output;

/// <summary>Notes the steps of a fetch in the log.</summary>
/// <param name="log">The log.</param>
internal sealed class LoggingFetchObserver(MessageLog log) : IFetchObserver
{
    /// <inheritdoc/>
    public void Begin(FetchFile file, long have) => log.Debug("Fetching {File} from byte {Have} of {Size}", file.Name, have, file.Size);

    /// <inheritdoc/>
    public void Progress(FetchFile file, long have)
    {
    }

    /// <inheritdoc/>
    public void Retry(FetchFile file, string reason, TimeSpan pause) => log.Information("{File}: {Reason}; again in {Seconds} s", file.Name, reason, pause.TotalSeconds);

    /// <inheritdoc/>
    public void End(FetchFile file, bool done)
    {
        if (done) log.Information("Fetched {File}", file.Name);
    }
}
