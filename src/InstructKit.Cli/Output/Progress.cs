using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using InstructKit.Building;
using InstructKit.Building.Passes;
using InstructKit.Building.Selection;
using InstructKit.Fetching;
using InstructKit.Sources.Hub;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace InstructKit.Cli.Output;

/// <summary>Runs a build or a fetch with a live display when standard error is a terminal, otherwise with messages in the log.</summary>
internal static class Progress
{
    private const string DisabledBy = "HF_HUB_DISABLE_PROGRESS_BARS";

    public static BuildReport Run(Terminal terminal, ResolvedPlan resolved, Func<IBuildObserver?, BuildReport> build) =>
        IsLive(terminal) ? RunLive(terminal, resolved, build) : build(new LoggedProgress(terminal.Log));

    public static FetchReport Run(Terminal terminal, FetchPlan plan, Func<IFetchObserver?, FetchReport> fetch) =>
        IsLive(terminal) && plan.Left > 0 && Environment.GetEnvironmentVariable(DisabledBy) is null or "" or "0"
            ? RunLive(terminal, plan, fetch)
            : fetch(new LoggedProgress(terminal.Log));

    private static bool IsLive(Terminal terminal) => terminal.ErrorIsTerminal && !terminal.Quiet;

    // Not inlined: compiling a method that names Spectre's types loads its assembly.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static BuildReport RunLive(Terminal terminal, ResolvedPlan resolved, Func<IBuildObserver?, BuildReport> build)
    {
        var names = resolved.Tasks.SelectMany(task => task.Outputs.Select(output => LiveProgress.Name(task.Task.Key, task.Data.Slices[output.Slice].Split)).Distinct(StringComparer.Ordinal)).ToList();
        return LiveProgress.Display(terminal, names).Start(context => build(new LiveProgress(context, "all tasks", names.Count, LiveProgress.Rows)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static FetchReport RunLive(Terminal terminal, FetchPlan plan, Func<IFetchObserver?, FetchReport> fetch) =>
        LiveProgress.Display(terminal, plan.Files.Select(file => file.Path))
            .Start(context => fetch(new LiveProgress(context, "all files", plan.Left, LiveProgress.Bytes)));
}

/// <summary>Writes the steps of a build or a fetch to the log.</summary>
internal sealed class LoggedProgress(MessageLog log) : IBuildObserver, IFetchObserver
{
    public void Begin(string task, string split, long? total) => log.Debug("Reading {Task} {Split}", task, split);

    public void Rows(string task, string split, int rows)
    {
    }

    public void End(string task, string split) => log.Information("Read {Task} {Split}", task, split);

    public void Phase(string what) => log.Information("Now {Phase}", what);

    public void Begin(FetchFile file, long have) => log.Debug("Fetching {File} from byte {Have} of {Size}", file.Name, have, file.Size);

    public void Progress(FetchFile file, long have)
    {
    }

    public void Retry(FetchFile file, string reason, TimeSpan pause) => log.Information("{File}: {Reason}; retrying in {Seconds} s", file.Name, reason, pause.TotalSeconds);

    public void End(FetchFile file, bool done)
    {
        if (done) log.Information("Fetched {File}", file.Name);
    }
}

/// <summary>Draws a build or a fetch: one line for the total and one for each split being read or file being downloaded. Lines keep their width.</summary>
internal sealed class LiveProgress : IBuildObserver, IFetchObserver
{
    /// <summary>Unit of a build's lines.</summary>
    public const string Rows = "rows";

    /// <summary>Unit of a fetch's lines.</summary>
    public const string Bytes = "bytes";

    private const string Amount = "amount";
    private const int MaxName = 40;
    private const int AmountWidth = 30;

    private readonly ProgressContext _context;
    private readonly string _unit;
    private readonly ProgressTask _whole;
    private readonly ConcurrentDictionary<object, ProgressTask> _running = new();

    /// <summary>Starts drawing.</summary>
    /// <param name="context">The live display.</param>
    /// <param name="title">Name of the line for the total.</param>
    /// <param name="total">Splits to read or bytes to download.</param>
    /// <param name="unit"><see cref="Rows"/> or <see cref="Bytes"/>.</param>
    public LiveProgress(ProgressContext context, string title, long total, string unit)
    {
        _context = context;
        _unit = unit;
        _whole = context.AddTask(title, maxValue: Math.Max(1, total));
    }

    /// <summary>The display; its columns keep their width throughout.</summary>
    /// <param name="terminal">Where to draw.</param>
    /// <param name="names">Names of all lines to come.</param>
    public static Spectre.Console.Progress Display(Terminal terminal, IEnumerable<string> names)
    {
        var width = Math.Clamp(names.Select(name => name.Length).DefaultIfEmpty(0).Max(), "all tasks".Length, MaxName);
        return SpectreConsole.On(terminal.RawError, terminal).Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new FixedColumn(width, line => line.Description), new ProgressBarColumn(), new FixedColumn(AmountWidth, Describe), new RemainingTimeColumn());
    }

    /// <summary>Name of a split's line.</summary>
    public static string Name(string task, string split) => $"{task} {split}";

    public void Begin(string task, string split, long? total) => Add((task, split), Name(task, split), total, 0);

    void IBuildObserver.Rows(string task, string split, int rows)
    {
        if (!_running.TryGetValue((task, split), out var line)) return;

        line.Increment(rows);
        line.State.Update<long>(Amount, passed => passed + rows);
    }

    public void End(string task, string split)
    {
        Remove((task, split));
        _whole.Increment(1);
    }

    public void Phase(string what) => _whole.Description = what;

    public void Begin(FetchFile file, long have) => Add(file, file.Name, file.Size, have);

    public void Progress(FetchFile file, long have)
    {
        if (!_running.TryGetValue(file, out var line)) return;

        _whole.Increment(have - line.Value);
        line.Value = have;
        line.State.Update<long>(Amount, _ => have);
    }

    public void Retry(FetchFile file, string reason, TimeSpan pause)
    {
        if (_running.TryGetValue(file, out var line)) line.Description = $"{file.Name} ({reason}; retrying in {pause.TotalSeconds:0} s)";
    }

    public void End(FetchFile file, bool done) => Remove(file);

    /// <summary>A text truncated or padded to a width.</summary>
    public static string Fit(string text, int width) => text.Length <= width ? text.PadRight(width) : $"{text[..(width - 1)]}…";

    private static string Describe(ProgressTask line)
    {
        var amount = line.State.Get<long>(Amount);
        if (amount == 0) return string.Empty;

        var seconds = line.ElapsedTime?.TotalSeconds ?? 0;
        var rate = seconds > 0.1 ? (long)(amount / seconds) : 0;
        return line.State.Get<bool>(Bytes)
            ? $"{ByteSize.Format(amount)}{(rate > 0 ? $" {ByteSize.Format(rate)}/s" : string.Empty)}"
            : $"{Wording.Number(amount)} rows{(rate > 0 ? $" {Wording.Number(rate)}/s" : string.Empty)}";
    }

    private void Add(object key, string name, long? total, long have)
    {
        var line = _context.AddTask(name, maxValue: total is { } size ? Math.Max(1, size) : double.MaxValue);
        line.IsIndeterminate = total is null;
        line.Value = have;
        line.State.Update<long>(Amount, _ => have);
        line.State.Update<bool>(Bytes, _ => _unit == Bytes);
        _running[key] = line;
    }

    private void Remove(object key)
    {
        if (_running.TryRemove(key, out var line)) line.StopTask();
    }

    /// <summary>A column of fixed width.</summary>
    private sealed class FixedColumn(int width, Func<ProgressTask, string> text) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override int? GetColumnWidth(RenderOptions options) => width;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Spectre.Console.Text(Fit(text(task), width));
    }
}
