using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using InstructKit.Diagnostics;

namespace InstructKit.Cli.Output;

/// <summary>Prints findings and failures to standard error, in colour where people look at it and want it.</summary>
internal static class DiagnosticPrinter
{
    private const string Red = "\e[1;31m";
    private const string Yellow = "\e[1;33m";
    private const string Dim = "\e[2m";
    private const string Plain = "\e[0m";
    private const int MaxShown = 20;

    // Codes that only JSON shows: people read the word alone.
    private const string UsageCode = "usage";
    private const string StoppedCode = "stopped";
    private const string BugCode = "bug";

    /// <summary>Prints <c>file:line:column: error IKnnnn: message hint</c>, and the source line with carets below it.</summary>
    public static void Print(Diagnostic diagnostic, Terminal terminal)
    {
        diagnostic = diagnostic with { Message = Advice.FitMessage(diagnostic.Message, terminal.Options), Hint = Advice.Fit(diagnostic.Hint, terminal.Options) };
        var color = UsesColor(terminal);
        var text = VisibleText.OfLines(diagnostic.ToString());
        if (color)
        {
            var word = diagnostic.Severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "info" };
            var at = text.IndexOf($"{word} {diagnostic.Code}", StringComparison.Ordinal);
            text = at < 0 ? text : $"{text[..at]}{(diagnostic.Severity == Severity.Error ? Red : Yellow)}{word}{Plain}{text[(at + word.Length)..]}";
        }

        terminal.RawError.WriteLine(text);
        // Of a file that cannot be read on only the place is known, not the text.
        if (diagnostic.Span is { } span && (span.Source.Text.Length > 0 || span.Source.Host is not null))
        {
            var excerpt = Excerpt.Render(span).TrimEnd('\n');
            terminal.RawError.WriteLine(color ? Dim + excerpt + Plain : excerpt);
        }
    }

    /// <summary>Prints findings, the first ones in full.</summary>
    public static void Print(IReadOnlyList<Diagnostic> diagnostics, Terminal terminal)
    {
        if (terminal.Json)
        {
            WriteJson(diagnostics, terminal);
            return;
        }

        foreach (var diagnostic in diagnostics.Take(MaxShown)) Print(diagnostic, terminal);

        if (diagnostics.Count > MaxShown)
        {
            terminal.Error.WriteLine($"... and {diagnostics.Count - MaxShown} more.");
            if (Advice.Fit(diagnostics[^1].Hint, terminal.Options) is { } hint) terminal.Error.WriteLine(hint);
        }
    }

    /// <summary>Prints what is wrong with a command line.</summary>
    public static void PrintUsage(IReadOnlyList<string> errors, ParseResult parsed, Terminal terminal)
    {
        if (terminal.Json)
        {
            WriteJson([.. errors.Select(error => new Diagnostic(UsageCode, Severity.Error, error))], terminal);
            return;
        }

        foreach (var error in errors) PrintError(error, terminal);

        terminal.Error.WriteLine($"Try '{CommandLineErrors.PathOf(parsed.CommandResult)} --help'.");
    }

    /// <summary>Prints the exception that ended a command.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="exitCode">The exit code that was decided for it.</param>
    /// <param name="terminal">Where to.</param>
    public static void PrintFailure(Exception exception, int exitCode, Terminal terminal)
    {
        terminal.Log.Failure(exception, exitCode);
        switch (exception)
        {
            case DiagnosticException found:
                Print(found.Diagnostics, terminal);
                break;
            case OperationCanceledException when !terminal.Json:
                terminal.Error.WriteLine($"Stopped by {Signals.NameOf(exitCode - ExitCode.Signal)}; no unfinished output was left behind.");
                break;
            case not DiagnosticException when terminal.Json:
                WriteJson([new Diagnostic(exception is OperationCanceledException ? StoppedCode : BugCode, Severity.Error, exception.Message)], terminal);
                break;
            default:
                PrintError($"{exception.GetType().Name}: {exception.Message}", terminal);
                terminal.Error.WriteLine("This is a bug in instructkit. Please report it with what the same command says with -vv.");
                if (terminal.Log.ShowsTraces) terminal.Error.WriteLine(exception);

                break;
        }
    }

    // One line, so that it can be told from messages before it.
    private static void WriteJson(IReadOnlyList<Diagnostic> diagnostics, Terminal terminal)
    {
        if (diagnostics.Count == 0) return;

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartArray("diagnostics");
            foreach (var diagnostic in diagnostics)
            {
                json.WriteStartObject();
                json.WriteString("code", diagnostic.Code);
                json.WriteString("severity", diagnostic.Severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "info" });
                json.WriteString("message", Advice.FitMessage(diagnostic.Message, terminal.Options));
                json.WriteString("hint", Advice.Fit(diagnostic.Hint, terminal.Options));
                if (diagnostic.Span is { } span)
                {
                    json.WriteString("file", span.Source.Name);
                    json.WriteNumber("line", span.Start.Line + 1);
                    json.WriteNumber("column", span.Start.Column + 1);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        terminal.Error.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void PrintError(string message, Terminal terminal) =>
        terminal.RawError.WriteLine($"{(UsesColor(terminal) ? $"{Red}error{Plain}" : "error")}: {VisibleText.OfLines(message)}");

    private static bool UsesColor(Terminal terminal) => terminal.ErrorIsTerminal && !terminal.NoColor;
}
