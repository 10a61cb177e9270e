using System.CommandLine.Help;
using InstructKit.Authoring.Importing;
using InstructKit.Authoring.Importing.LmEval;
using InstructKit.Authoring.Importing.Promptsource;
using InstructKit.Authoring.Importing.Unitxt;

namespace InstructKit.Cli.Commands;

/// <summary>Imports the templates and tasks of other tools.</summary>
internal sealed class ImportCommand : CliCommand
{
    private const int MaxExamples = 4;

    public ImportCommand(Terminal terminal)
        : base("import", "Turn templates and tasks of other tools into task files. What cannot be imported is listed with the reason, and the exit code is 1.", terminal)
    {
        Subcommands.Add(new ImportFilesCommand(
            "promptsource", "Import promptsource's templates: texts, ids, choices and metadata stay as they are.", "A templates.yaml, or a folder: every templates.yaml below it.", PromptsourceImporter.Import, terminal,
                "instructkit import promptsource ~/promptsource/promptsource/templates --out my_tasks",
                "instructkit import promptsource templates/super_glue/rte/templates.yaml --out my_tasks && instructkit lint my_tasks"));
        Subcommands.Add(new ImportFlanCommand(terminal));
        Subcommands.Add(new ImportFilesCommand(
            "lm-eval", "Import YAML tasks of lm-evaluation-harness: includes are resolved, simple Python functions are translated and others refused by name.", "Task files, or folders of them.", LmEvalImporter.Import, terminal,
                "instructkit import lm-eval lm_eval/tasks/anli/anli_r1.yaml --out my_tasks",
                "instructkit import lm-eval lm_eval/tasks/super_glue --out my_tasks --json"));
        Subcommands.Add(new ImportNaturalInstructionsCommand(terminal));
        Subcommands.Add(new ImportFilesCommand(
            "unitxt", "Import JSON artifacts of a Unitxt catalogue: cards with their templates, or templates alone. Texts stay as they are; steps in Python are refused by name.", "Artifacts, or folders of them.", UnitxtImporter.Import, terminal,
                "instructkit import unitxt src/unitxt/catalog --out my_tasks",
                "instructkit import unitxt catalog/templates/classification --out my_tasks"));
    }

    public override IReadOnlyList<string> Examples => [.. Subcommands.OfType<CliCommand>().Select(command => command.Examples[0]).Take(MaxExamples)];

    protected override int Run(ParseResult parsed) => new HelpWithExamples(new HelpAction()).Invoke(parsed);
}

/// <summary>An import without its own options.</summary>
internal sealed class ImportFilesCommand(string name, string description, string sources, Func<IReadOnlyList<string>, ImportResult> import, Terminal terminal, params string[] examples)
    : ImportFormatCommand(name, description, "FILE|DIR", sources, terminal)
{
    public override IReadOnlyList<string> Examples => examples;

    protected override ImportResult Import(IReadOnlyList<string> paths, ParseResult parsed) => import(paths);
}
