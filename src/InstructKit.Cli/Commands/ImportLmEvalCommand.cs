using InstructKit.Authoring.Importing;
using InstructKit.Authoring.Importing.LmEval;

namespace InstructKit.Cli.Commands;

/// <summary>Imports task files of lm-evaluation-harness.</summary>
internal sealed class ImportLmEvalCommand(Terminal terminal)
    : ImportFormatCommand("lm-eval", "Import YAML tasks of lm-evaluation-harness: includes are resolved, simple Python functions are translated and others refused by name.", "FILE|DIR", "Task files, or folders of them.", terminal)
{
    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit import lm-eval lm_eval/tasks/anli/anli_r1.yaml --out my_tasks",
        "instructkit import lm-eval lm_eval/tasks/super_glue --out my_tasks --json",
    ];

    protected override ImportResult Import(IReadOnlyList<string> paths, ParseResult parsed) => LmEvalImporter.Import(paths);
}
