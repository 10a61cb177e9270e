using System.CommandLine;
using System.CommandLine.Help;

namespace InstructKit.Cli.Commands;

/// <summary>Imports the templates and tasks of other tools.</summary>
internal sealed class ImportCommand : CliCommand
{
    private const int MaxExamples = 4;

    public ImportCommand(Terminal terminal)
        : base("import", "Turn templates and tasks of other tools into task files. What cannot be imported is listed with the reason, and the exit code is 1.", terminal)
    {
        Subcommands.Add(new ImportPromptsourceCommand(terminal));
        Subcommands.Add(new ImportFlanCommand(terminal));
        Subcommands.Add(new ImportLmEvalCommand(terminal));
        Subcommands.Add(new ImportNaturalInstructionsCommand(terminal));
        Subcommands.Add(new ImportUnitxtCommand(terminal));
    }

    public override IReadOnlyList<string> Examples => [.. Subcommands.OfType<CliCommand>().Select(command => command.Examples[0]).Take(MaxExamples)];

    protected override int Run(ParseResult parsed) => new HelpWithExamples(new HelpAction()).Invoke(parsed);
}
