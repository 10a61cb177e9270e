using System.CommandLine;

namespace InstructKit.Cli.Commands;

/// <summary>A command with examples in its help.</summary>
internal abstract class CliCommand : Command
{
    /// <summary>Makes a command.</summary>
    /// <param name="name">Name.</param>
    /// <param name="description">One or two sentences.</param>
    /// <param name="terminal">Where it writes.</param>
    protected CliCommand(string name, string description, Terminal terminal)
        : base(name, description)
    {
        Terminal = terminal;
        SetAction(Run);
    }

    /// <summary>Two to four command lines that can be typed as they are.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>Where it writes.</summary>
    protected Terminal Terminal { get; }

    /// <summary>Does the work; failures are exceptions.</summary>
    /// <returns>The exit code.</returns>
    protected abstract int Run(ParseResult parsed);
}
