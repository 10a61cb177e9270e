using InstructKit.Building.Settings;
using InstructKit.Sources.Files;

namespace InstructKit.Cli.Options;

/// <summary>Options of every command: how much it reports.</summary>
internal sealed class LogOptions
{
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Print more messages; given twice, all of them.", Arity = ArgumentArity.Zero, Recursive = true };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print errors only.", Arity = ArgumentArity.Zero, Recursive = true };
    private readonly Option<string?> _file = new("--log-file")
    {
        Description = "Also write every message to this file, one JSON object per line.",
        HelpName = "FILE",
        Recursive = true,
    };

    private readonly Option<bool> _noColor = new("--no-color")
    {
        Description = "Disable colors, as with the environment variable NO_COLOR.",
        Arity = ArgumentArity.Zero,
        Recursive = true,
    };

    private readonly Option<object?> _maxTextBytes = OptionFactory.Of("--max-text-bytes", new BytesType(1 << 30), "Largest plan, task, template or lock file (default: 16M).");

    public void AddTo(RootCommand root)
    {
        root.Options.Add(_verbose);
        root.Options.Add(_quiet);
        root.Options.Add(_file);
        root.Options.Add(_noColor);
        // Documented in README's Limits; hidden from help because it is rarely set.
        (_maxTextBytes.Recursive, _maxTextBytes.Hidden) = (true, true);
        root.Options.Add(_maxTextBytes);
    }

    /// <summary>Sets the requested verbosity.</summary>
    public void Apply(ParseResult parsed, Terminal terminal)
    {
        var verbosity = parsed.GetResult(_verbose)?.IdentifierTokenCount ?? 0;
        terminal.Quiet = parsed.Has(_quiet);
        if (parsed.Errors.Count == 0 && parsed.GetValue(_maxTextBytes) is long bytes) TextFile.MaxBytes = bytes;

        terminal.NoColor = parsed.Has(_noColor)
            || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
            || Environment.GetEnvironmentVariable("TERM") == "dumb";
        var file = parsed.GetResult(_file)?.Tokens is [var token] ? token.Value : null;
        if (file is not null) RequireWritable(file);

        terminal.Log = new MessageLog(terminal.Error, terminal.Quiet ? -1 : verbosity, file);
    }

    // The log itself would swallow the failure, since a build does not fail because of a log line.
    private static void RequireWritable(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var why = Directory.Exists(file) ? "it is a folder" : exception.Message;
            throw new DiagnosticException(Diagnostic.Error(SinkCodes.WriteFailed, $"The log file '{file}' cannot be written: {why.TrimEnd('.')}."), exception);
        }
    }
}
