using System.CommandLine;

namespace InstructKit.Cli.Options;

/// <summary>The form in which a command answers.</summary>
internal sealed class OutputOptions
{
    private readonly Option<bool> _json = new("--json") { Description = "Answer with one JSON document on standard output.", Arity = ArgumentArity.Zero };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command) => command.Options.Add(_json);

    /// <summary>True when JSON is wanted.</summary>
    public bool WantsJson(ParseResult parsed) => parsed.GetResult(_json) is not null;
}
