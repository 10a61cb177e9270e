using System.CommandLine;
using InstructKit.Importing;

namespace InstructKit.Cli.Commands;

/// <summary>Imports FLAN's patterns.</summary>
internal sealed class ImportFlanCommand(Terminal terminal)
    : ImportFormatCommand("flan", "Import the patterns of FLAN's templates.py. The file is read, never run; its slips are reported, not repaired.", "FILE", "A templates.py of your own checkout of google-research/FLAN.", terminal)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit import flan ~/FLAN/flan/templates.py --out flan_tasks",
        "instructkit import flan ~/FLAN/flan/templates.py --out flan_tasks --json",
    ];

    /// <inheritdoc/>
    protected override ImportResult Import(IReadOnlyList<string> paths, ParseResult parsed) => FlanImporter.Import(paths);
}
