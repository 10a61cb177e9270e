using System.Runtime.CompilerServices;
using Serilog;
using Serilog.Events;

namespace InstructKit.Cli.Output;

/// <summary>
/// Messages about the work, through Serilog. The logger is made with the first message that somebody wants, because loading it costs a short
/// command more than its work.
/// </summary>
/// <param name="error">Where people read.</param>
/// <param name="verbosity">0 for warnings, 1 for information, 2 for everything; -1 for errors alone.</param>
/// <param name="file">Path of a file that gets every message as one JSON object per line, or null.</param>
internal sealed class MessageLog(TextWriter error, int verbosity, string? file) : IDisposable
{
    private Lazy<Serilog.Core.Logger>? _logger;

    /// <summary>A log that nobody reads.</summary>
    public static MessageLog Silent { get; } = new(TextWriter.Null, -1, null);

    /// <summary>True when people want the traces of bugs.</summary>
    public bool ShowsTraces => verbosity >= 2;

    /// <summary>Something worth knowing about each step.</summary>
    public void Information(string template, params object?[] values) => Write(1, template, values);

    /// <summary>Details.</summary>
    public void Debug(string template, params object?[] values) => Write(2, template, values);

    /// <summary>Something suspicious.</summary>
    public void Warning(string template, params object?[] values) => Write(0, template, values);

    /// <summary>Records in the file what ended the command; people are told otherwise.</summary>
    public void Failure(Exception exception, int exitCode)
    {
        if (file is not null) WriteFailure(exception, exitCode);
    }

    /// <summary>Writes out what is left.</summary>
    public void Dispose()
    {
        if (_logger is { IsValueCreated: true }) CloseLogger();
    }

    private void Write(int level, string template, object?[] values)
    {
        if (file is not null || verbosity >= level) WriteEvent(level, template, values);
    }

    // Not inlined: compiling a method that names Serilog's types loads its assembly.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteEvent(int level, string template, object?[] values) =>
        Logger.Write(level switch { 0 => LogEventLevel.Warning, 1 => LogEventLevel.Information, _ => LogEventLevel.Debug }, template, values);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteFailure(Exception exception, int exitCode) => Logger.Fatal(exception, "Ended with exit code {ExitCode}", exitCode);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CloseLogger() => Logger.Dispose();

    private Serilog.Core.Logger Logger => (_logger ??= new Lazy<Serilog.Core.Logger>(Open)).Value;

    private Serilog.Core.Logger Open()
    {
        var least = verbosity switch { < 0 => LogEventLevel.Fatal, 0 => LogEventLevel.Warning, 1 => LogEventLevel.Information, _ => LogEventLevel.Debug };
        var configuration = new LoggerConfiguration().MinimumLevel.Debug()
            .WriteTo.Logger(people => people.Filter.ByExcluding(entry => entry.Level == LogEventLevel.Fatal).WriteTo.Sink(new ErrorStreamSink(error), least));
        if (file is not null) configuration.WriteTo.File(new JsonLineFormatter(), file);

        return configuration.CreateLogger();
    }
}
