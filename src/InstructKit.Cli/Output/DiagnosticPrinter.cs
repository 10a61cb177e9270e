using System.Buffers;
using System.Text.Json;

namespace InstructKit.Cli.Output;

/// <summary>Prints findings and failures to standard error, in colour on a terminal unless disabled.</summary>
internal static class DiagnosticPrinter
{
    private const string Red = "\e[1;31m";
    private const string Yellow = "\e[1;33m";
    private const string Dim = "\e[2m";
    private const string Plain = "\e[0m";
    private const int MaxShown = 20;

    // Codes shown only in JSON: for humans the word is enough.
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
            var word = diagnostic.Severity.Word;
            var at = text.IndexOf($"{word} {diagnostic.Code}", StringComparison.Ordinal);
            text = at < 0 ? text : $"{text[..at]}{(diagnostic.Severity == Severity.Error ? Red : Yellow)}{word}{Plain}{text[(at + word.Length)..]}";
        }

        terminal.RawError.WriteLine(text);
        // For a file that cannot be read again, only the position is known, not the text.
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

    /// <summary>Prints the errors of a command line.</summary>
    public static void PrintUsage(IReadOnlyList<string> errors, ParseResult parsed, Terminal terminal)
    {
        if (terminal.Json)
        {
            WriteJson([.. errors.Select(error => Diagnostic.Error(UsageCode, error))], terminal);
            return;
        }

        foreach (var error in errors) PrintError(error, terminal);

        terminal.Error.WriteLine($"Try '{CommandLineErrors.PathOf(parsed.CommandResult)} --help'.");
    }

    /// <summary>Prints the exception that ended a command.</summary>
    /// <param name="exitCode">The exit code chosen for it.</param>
    public static void PrintFailure(Exception exception, int exitCode, Terminal terminal)
    {
        terminal.Log.Failure(exception, exitCode);
        switch (exception)
        {
            case DiagnosticException found: Print(found.Diagnostics, terminal); break;
            case OperationCanceledException when !terminal.Json:
                terminal.Error.WriteLine($"Stopped by {Signals.NameOf(exitCode - ExitCode.Signal)}; no unfinished output was left behind.");
                break;
            case not DiagnosticException when terminal.Json:
                WriteJson([Diagnostic.Error(exception is OperationCanceledException ? StoppedCode : BugCode, exception.Message)], terminal);
                break;
            default:
                PrintError($"{exception.GetType().Name}: {exception.Message}", terminal);
                terminal.Error.WriteLine("This is a bug in instructkit. Please report it with what the same command says with -vv.");
                if (terminal.Log.ShowsTraces) terminal.Error.WriteLine(exception);

                break;
        }
    }

    // One line, to distinguish it from preceding messages.
    private static void WriteJson(IReadOnlyList<Diagnostic> diagnostics, Terminal terminal)
    {
        if (diagnostics.Count == 0) return;

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonWriting.Compact))
        {
            json.Object(() => json.Objects("diagnostics", diagnostics, diagnostic => Write(
                json, diagnostic with { Message = Advice.FitMessage(diagnostic.Message, terminal.Options), Hint = Advice.Fit(diagnostic.Hint, terminal.Options) }, withoutHint: true)));
        }

        terminal.Error.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>Writes code, severity, message, hint and position as members of a JSON object.</summary>
    /// <param name="diagnostic">The finding.</param>
    /// <param name="withoutHint">Whether the member <c>hint</c> is present (null) without a hint.</param>
    public static void Write(Utf8JsonWriter json, Diagnostic diagnostic, bool withoutHint)
    {
        json.Put("code", diagnostic.Code).Put("severity", diagnostic.Severity.Word).Put("message", diagnostic.Message);
        if (withoutHint || diagnostic.Hint is not null) json.Put("hint", diagnostic.Hint);
        if (diagnostic.Span is { } span) json.Put("file", span.Source.Name).Put("line", span.Start.Line + 1).Put("column", span.Start.Column + 1);
    }

    private static void PrintError(string message, Terminal terminal) =>
        terminal.RawError.WriteLine($"{(UsesColor(terminal) ? $"{Red}error{Plain}" : "error")}: {VisibleText.OfLines(message)}");

    private static bool UsesColor(Terminal terminal) => terminal.ErrorIsTerminal && !terminal.NoColor;
}
