using InstructKit.Building;

namespace InstructKit.Cli.Output;

/// <summary>Notes the steps of a build in the log.</summary>
/// <param name="log">The log.</param>
internal sealed class LoggingObserver(MessageLog log) : IBuildObserver
{
    /// <inheritdoc/>
    public void Begin(string task, string split, long? total) => log.Debug("Reading {Task} {Split}", task, split);

    /// <inheritdoc/>
    public void Rows(string task, string split, int rows)
    {
    }

    /// <inheritdoc/>
    public void End(string task, string split) => log.Information("Read {Task} {Split}", task, split);

    /// <inheritdoc/>
    public void Phase(string what) => log.Information("Now {Phase}", what);
}
