using System.CommandLine;

namespace InstructKit.Cli.Commands;

/// <summary>Imports the templates and tasks of other tools.</summary>
internal sealed class ImportCommand : Command
{
    /// <summary>Makes the command.</summary>
    public ImportCommand(Terminal terminal)
        : base("import", "Turn templates and tasks of other tools into task files. What cannot be imported is listed with the reason, and the exit code is 1.")
    {
        Subcommands.Add(new ImportPromptsourceCommand(terminal));
        Subcommands.Add(new ImportFlanCommand(terminal));
        Subcommands.Add(new ImportLmEvalCommand(terminal));
        Subcommands.Add(new ImportNaturalInstructionsCommand(terminal));
    }
}
