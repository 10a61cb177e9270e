using InstructKit.Authoring.Importing;
using InstructKit.Authoring.Importing.Unitxt;

namespace InstructKit.Cli.Commands;

/// <summary>Imports a catalogue of Unitxt.</summary>
internal sealed class ImportUnitxtCommand(Terminal terminal)
    : ImportFormatCommand(
        "unitxt", "Import JSON artifacts of a Unitxt catalogue: cards with their templates, or templates alone. Texts stay as they are; steps in Python are refused by name.", "FILE|DIR", "Artifacts, or folders of them.", terminal)
{
    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit import unitxt src/unitxt/catalog --out my_tasks",
        "instructkit import unitxt catalog/templates/classification --out my_tasks",
    ];

    protected override ImportResult Import(IReadOnlyList<string> paths, ParseResult parsed) => UnitxtImporter.Import(paths);
}
