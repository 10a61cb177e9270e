using System.CommandLine;
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

    /// <summary>Prints <c>file:line:column: error IKnnnn: message hint</c>, and the source line with carets below it.</summary>
    public static void Print(Diagnostic diagnostic, Terminal terminal)
    {
        var color = UsesColor(terminal);
        var text = diagnostic.ToString();
        if (color)
        {
            var word = diagnostic.Severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "info" };
            var at = text.IndexOf($"{word} {diagnostic.Code}", StringComparison.Ordinal);
            text = at < 0 ? text : $"{text[..at]}{(diagnostic.Severity == Severity.Error ? Red : Yellow)}{word}{Plain}{text[(at + word.Length)..]}";
        }

        terminal.Error.WriteLine(text);
        // Of a file that cannot be read on only the place is known, not the text.
        if (diagnostic.Span is { } span && (span.Source.Text.Length > 0 || span.Source.Host is not null))
        {
            var excerpt = Excerpt.Render(span).TrimEnd('\n');
            terminal.Error.WriteLine(color ? Dim + excerpt + Plain : excerpt);
        }
    }

    /// <summary>Prints findings, the first ones in full.</summary>
    public static void Print(IReadOnlyList<Diagnostic> diagnostics, Terminal terminal)
    {
        foreach (var diagnostic in diagnostics.Take(MaxShown)) Print(diagnostic, terminal);

        if (diagnostics.Count > MaxShown)
        {
            terminal.Error.WriteLine($"... and {diagnostics.Count - MaxShown} more.");
            if (diagnostics[^1].Hint is { } hint) terminal.Error.WriteLine(hint);
        }
    }

    /// <summary>Prints what is wrong with a command line.</summary>
    public static void PrintUsage(IReadOnlyList<string> errors, ParseResult parsed, Terminal terminal)
    {
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
            case OperationCanceledException:
                terminal.Error.WriteLine($"Stopped by {Signals.NameOf(exitCode - ExitCode.Signal)}; no unfinished output was left behind.");
                break;
            default:
                PrintError($"{exception.GetType().Name}: {exception.Message}", terminal);
                terminal.Error.WriteLine("This is a bug in instructkit. Please report it with what the same command says with -vv.");
                if (terminal.Log.ShowsTraces) terminal.Error.WriteLine(exception);

                break;
        }
    }

    private static void PrintError(string message, Terminal terminal) =>
        terminal.Error.WriteLine(UsesColor(terminal) ? $"{Red}error{Plain}: {message}" : $"error: {message}");

    private static bool UsesColor(Terminal terminal) => terminal.ErrorIsTerminal && !terminal.NoColor;
}
