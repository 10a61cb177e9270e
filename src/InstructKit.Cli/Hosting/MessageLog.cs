using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace InstructKit.Cli.Hosting;

/// <summary>Messages about the work, through Serilog. The logger is created with the first enabled message, because loading it costs a short command
/// more than its actual work.</summary>
/// <param name="error">Standard error.</param>
/// <param name="verbosity">0 for warnings, 1 for information, 2 for everything; -1 for errors only.</param>
/// <param name="file">Path of a file that receives every message as one JSON object per line, or null.</param>
internal sealed class MessageLog(TextWriter error, int verbosity, string? file) : IDisposable
{
    private Lazy<Logger>? _logger;
    private FileLogSink? _file;

    /// <summary>A log that discards every message.</summary>
    public static MessageLog Silent { get; } = new(TextWriter.Null, -1, null);

    /// <summary>True when stack traces are enabled.</summary>
    public bool ShowsTraces => verbosity >= 2;

    /// <summary>Why the file could not be written completely; null if it could.</summary>
    public string? FileError => _file?.Error;

    /// <summary>Path of the file, or null.</summary>
    public string? File => file;

    /// <summary>Something worth knowing about each step.</summary>
    public void Information(string template, params object?[] values) => Write(1, template, values);

    /// <summary>Details.</summary>
    public void Debug(string template, params object?[] values) => Write(2, template, values);

    /// <summary>Records in the file why the command failed; users see it on standard error.</summary>
    public void Failure(Exception exception, int exitCode)
    {
        if (file is not null) WriteFailure(exception, exitCode);
    }

    /// <summary>Flushes the remaining messages.</summary>
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

    private Logger Logger => (_logger ??= new Lazy<Logger>(Open)).Value;

    private Logger Open()
    {
        var least = verbosity switch { < 0 => LogEventLevel.Fatal, 0 => LogEventLevel.Warning, 1 => LogEventLevel.Information, _ => LogEventLevel.Debug };
        var configuration = new LoggerConfiguration().MinimumLevel.Debug()
            .WriteTo.Logger(people => people.Filter.ByExcluding(entry => entry.Level == LogEventLevel.Fatal).WriteTo.Sink(new ErrorStreamSink(error), least));
        if (file is not null)
        {
            _file = new FileLogSink(file);
            configuration.WriteTo.Sink(_file);
        }

        return configuration.CreateLogger();
    }
}

/// <summary>Appends messages to a file, one JSON object per line. A write error does not end the work; it is recorded.</summary>
/// <param name="path">The file.</param>
internal sealed class FileLogSink(string path) : ILogEventSink, IDisposable
{
    private readonly Lock _lock = new();
    private readonly JsonLineFormatter _formatter = new();
    private readonly StringWriter _line = new(CultureInfo.InvariantCulture);
    private FileStream? _stream;

    /// <summary>Why a message could not be written, or null.</summary>
    public string? Error { get; private set; }

    public void Emit(LogEvent logEvent)
    {
        lock (_lock)
        {
            if (Error is not null) return;

            _line.GetStringBuilder().Clear();
            _formatter.Format(logEvent, _line);
            try
            {
                _stream ??= new FileStream(path, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0 });
                _stream.Write(Encoding.UTF8.GetBytes(_line.ToString()));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Error = exception.Message;
            }
        }
    }

    public void Dispose() => _stream?.Dispose();
}

/// <summary>Writes messages as lines to standard error, prefixed with the level.</summary>
/// <param name="error">Standard error.</param>
internal sealed class ErrorStreamSink(TextWriter error) : ILogEventSink
{
    private readonly Lock _lock = new();

    public void Emit(LogEvent logEvent)
    {
        var word = logEvent.Level switch
        {
            LogEventLevel.Warning => "warning",
            LogEventLevel.Information => "info",
            LogEventLevel.Debug or LogEventLevel.Verbose => "debug",
            _ => "error",
        };
        var text = new StringWriter(CultureInfo.InvariantCulture);
        foreach (var token in logEvent.MessageTemplate.Tokens)
        {
            // Strings without the quotation marks that Serilog puts around them.
            if (token is Serilog.Parsing.PropertyToken property && logEvent.Properties.GetValueOrDefault(property.PropertyName) is ScalarValue { Value: string value })
                text.Write(value);
            else
                token.Render(logEvent.Properties, text, CultureInfo.InvariantCulture);
        }

        lock (_lock) error.WriteLine($"{word}: {text}");
    }
}

/// <summary>One JSON object per line, with the names of Serilog's compact format: <c>@t</c> time, <c>@l</c> level, <c>@m</c> message, <c>@mt</c> its template,
/// <c>@x</c> exception, and the properties.</summary>
internal sealed class JsonLineFormatter : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonWriting.Compact))
        {
            json.WriteStartObject();
            json.WriteString("@t", logEvent.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("@l", logEvent.Level.ToString());
            json.WriteString("@m", logEvent.RenderMessage(CultureInfo.InvariantCulture));
            json.WriteString("@mt", logEvent.MessageTemplate.Text);
            if (logEvent.Exception is { } exception) json.WriteString("@x", exception.ToString());

            foreach (var (name, value) in logEvent.Properties.OrderBy(property => property.Key, StringComparer.Ordinal))
            {
                json.WritePropertyName(name);
                Write(json, value);
            }

            json.WriteEndObject();
        }

        output.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        output.Write('\n');
    }

    private static void Write(Utf8JsonWriter json, LogEventPropertyValue value)
    {
        switch (value)
        {
            case ScalarValue { Value: null }: json.WriteNullValue(); break;
            case ScalarValue { Value: bool truth }: json.WriteBooleanValue(truth); break;
            case ScalarValue { Value: int or long } number: json.WriteNumberValue(Convert.ToInt64(number.Value, CultureInfo.InvariantCulture)); break;
            case ScalarValue { Value: string text }: json.WriteStringValue(text); break;
            case SequenceValue list:
                json.WriteStartArray();
                foreach (var item in list.Elements) Write(json, item);

                json.WriteEndArray();
                break;
            default: json.WriteStringValue(value.ToString(null, CultureInfo.InvariantCulture)); break;
        }
    }
}
