using System.Collections.Concurrent;
using InstructKit.Sources.Hub;
using Spectre.Console;

namespace InstructKit.Cli.Output;

/// <summary>Draws a fetch: one line for the whole, one for each file that is coming.</summary>
/// <param name="context">The live display.</param>
/// <param name="left">Bytes that have to come.</param>
internal sealed class LiveFetchObserver(ProgressContext context, long left) : IFetchObserver
{
    private readonly ConcurrentDictionary<FetchFile, ProgressTask> _running = new();
    private readonly ProgressTask _whole = context.AddTask("all files", maxValue: left);

    /// <inheritdoc/>
    public void Begin(FetchFile file, long have)
    {
        var line = context.AddTask(Markup.Escape(file.Name), maxValue: Math.Max(1, file.Size));
        line.Value = have;
        _running[file] = line;
    }

    /// <inheritdoc/>
    public void Progress(FetchFile file, long have)
    {
        if (_running.TryGetValue(file, out var line))
        {
            _whole.Increment(have - line.Value);
            line.Value = have;
        }
    }

    /// <inheritdoc/>
    public void Retry(FetchFile file, string reason, TimeSpan pause)
    {
        if (_running.TryGetValue(file, out var line)) line.Description = Markup.Escape($"{file.Name} ({reason}; again in {pause.TotalSeconds:0} s)");
    }

    /// <inheritdoc/>
    public void End(FetchFile file, bool done)
    {
        if (_running.TryRemove(file, out var line)) line.StopTask();
    }
}
