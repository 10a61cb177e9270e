using System.CommandLine;
using InstructKit.Cli.Reporting;

namespace InstructKit.Cli.Options;

/// <summary>How much a command tells people; options of every command.</summary>
internal sealed class LogOptions
{
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Tell more; twice tells everything.", Arity = ArgumentArity.Zero, Recursive = true };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Tell errors only.", Arity = ArgumentArity.Zero, Recursive = true };
    private readonly Option<string?> _file = new("--log-file")
    {
        Description = "Write every message to this file as well, one JSON object per line.",
        HelpName = "FILE",
        Recursive = true,
    };

    private readonly Option<bool> _noColor = new("--no-color")
    {
        Description = "No colours, as with the environment variable NO_COLOR.",
        Arity = ArgumentArity.Zero,
        Recursive = true,
    };

    /// <summary>Adds the options to the root command.</summary>
    public void AddTo(RootCommand root)
    {
        root.Options.Add(_verbose);
        root.Options.Add(_quiet);
        root.Options.Add(_file);
        root.Options.Add(_noColor);
    }

    /// <summary>Makes a run tell as much as was asked for.</summary>
    public void Apply(ParseResult parsed, Terminal terminal)
    {
        var verbosity = parsed.GetResult(_verbose)?.IdentifierTokenCount ?? 0;
        terminal.Quiet = parsed.GetResult(_quiet) is not null;
        terminal.NoColor = parsed.GetResult(_noColor) is not null
            || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
            || Environment.GetEnvironmentVariable("TERM") == "dumb";
        terminal.Log = new MessageLog(terminal.Error, terminal.Quiet ? -1 : verbosity, parsed.GetResult(_file)?.Tokens is [var file] ? file.Value : null);
    }
}
