using System.Globalization;
using Serilog.Core;
using Serilog.Events;

namespace InstructKit.Cli.Output;

/// <summary>Writes messages as lines to standard error, the level in front.</summary>
/// <param name="error">Standard error.</param>
internal sealed class ErrorStreamSink(TextWriter error) : ILogEventSink
{
    private readonly Lock _lock = new();

    /// <inheritdoc/>
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

        lock (_lock)
        {
            error.WriteLine($"{word}: {text}");
        }
    }
}
