using System.Collections.Concurrent;
using InstructKit.Building;
using Spectre.Console;

namespace InstructKit.Cli.Output;

/// <summary>Draws a build: one line for the whole, one for each split that is being read.</summary>
/// <param name="context">The live display.</param>
/// <param name="splits">Splits that will be read.</param>
internal sealed class LiveObserver(ProgressContext context, int splits) : IBuildObserver
{
    private readonly ConcurrentDictionary<(string Task, string Split), ProgressTask> _running = new();
    private readonly ProgressTask _whole = context.AddTask("all tasks", maxValue: Math.Max(1, splits));

    /// <inheritdoc/>
    public void Begin(string task, string split, long? total)
    {
        var line = context.AddTask(Markup.Escape($"{task} {split}"), maxValue: total ?? double.MaxValue);
        line.IsIndeterminate = total is null;
        line.State.Update<long>(RowsColumn.Key, _ => 0);
        _running[(task, split)] = line;
    }

    /// <inheritdoc/>
    public void Rows(string task, string split, int rows)
    {
        if (_running.TryGetValue((task, split), out var line))
        {
            line.State.Update<long>(RowsColumn.Key, passed => passed + rows);
            line.Increment(rows);
        }
    }

    /// <inheritdoc/>
    public void End(string task, string split)
    {
        if (_running.TryRemove((task, split), out var line)) line.StopTask();

        _whole.Increment(1);
    }

    /// <inheritdoc/>
    public void Phase(string what) => _whole.Description = Markup.Escape(what);
}
