using System.CommandLine;
using InstructKit.Authoring.Importing;
using InstructKit.Authoring.Importing.Flan;
using InstructKit.Building.Selection;
using InstructKit.Cli.Options;

namespace InstructKit.Cli.Commands;

/// <summary>Imports FLAN's patterns.</summary>
internal sealed class ImportFlanCommand : ImportFormatCommand
{
    private readonly Option<bool> _shipped = OptionFactory.Switch(
        "--shipped", "Take rows, options and answer from the shipped task that a key names, where it has all fields: the task KEY_flan is `like: KEY`.");

    public ImportFlanCommand(Terminal terminal)
        : base("flan", "Import the patterns of FLAN's templates.py. The file is read, never run; its slips are reported, not repaired.", "FILE", "A templates.py of your own checkout of google-research/FLAN.", terminal) =>
        Options.Add(_shipped);

    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit import flan ~/FLAN/flan/templates.py --out flan_tasks",
        "instructkit import flan ~/FLAN/flan/templates.py --shipped --out flan_tasks && instructkit lint flan_tasks",
    ];

    protected override ImportResult Import(IReadOnlyList<string> paths, ParseResult parsed) =>
        FlanImporter.Import(paths, parsed.GetValue(_shipped) ? TaskRegistry.Open(ShippedFiles.TaskRegistry, []) : null);
}
