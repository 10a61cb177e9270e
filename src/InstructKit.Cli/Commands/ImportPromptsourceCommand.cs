using InstructKit.Authoring.Importing;
using InstructKit.Authoring.Importing.Promptsource;

namespace InstructKit.Cli.Commands;

/// <summary>Imports promptsource's templates.</summary>
internal sealed class ImportPromptsourceCommand(Terminal terminal)
    : ImportFormatCommand("promptsource", "Import promptsource's templates: texts, ids, choices and metadata stay as they are.", "FILE|DIR", "A templates.yaml, or a folder: every templates.yaml below it.", terminal)
{
    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit import promptsource ~/promptsource/promptsource/templates --out my_tasks",
        "instructkit import promptsource templates/super_glue/rte/templates.yaml --out my_tasks && instructkit lint my_tasks",
    ];

    protected override ImportResult Import(IReadOnlyList<string> paths, ParseResult parsed) => PromptsourceImporter.Import(paths);
}
