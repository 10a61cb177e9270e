using System.CommandLine;

namespace InstructKit.Cli.Commands;

/// <summary>Makes files to begin with.</summary>
internal sealed class NewCommand : CliCommand
{
    /// <summary>Makes the command.</summary>
    public NewCommand(Terminal terminal)
        : base("new", "Make a task file for a dataset of your own.", terminal) => Subcommands.Add(new NewTaskCommand(terminal));

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => NewTaskCommand.Lines;

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed) => new Output.HelpWithExamples(new System.CommandLine.Help.HelpAction()).Invoke(parsed);
}
