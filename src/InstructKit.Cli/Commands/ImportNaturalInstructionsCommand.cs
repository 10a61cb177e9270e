using System.CommandLine;
using InstructKit.Authoring.Importing;
using InstructKit.Authoring.Importing.NaturalInstructions;
using InstructKit.Cli.Options;

namespace InstructKit.Cli.Commands;

/// <summary>Imports task files of Super-NaturalInstructions.</summary>
internal sealed class ImportNaturalInstructionsCommand : ImportFormatCommand
{
    private const int MaxExamples = 100;

    private readonly Option<long?> _positive = OptionFactory.Number("--positive", "Positive examples in the input, at most (2).", 0, MaxExamples);
    private readonly Option<long?> _negative = OptionFactory.Number("--negative", "Negative examples in the input, at most (0).", 0, MaxExamples);
    private readonly Option<bool> _noDefinition = OptionFactory.Switch("--no-definition", "Leave the definition out of the input.");
    private readonly Option<bool> _explanations = OptionFactory.Switch("--explanations", "Add the explanations of the examples.");
    private readonly Option<bool> _taskName = OptionFactory.Switch("--task-name", "Put the task's name in front.");
    private readonly Option<bool> _varied = OptionFactory.Switch("--varied", "Make the five encodings among which Tk-Instruct's varied training draws, a template each.");

    public ImportNaturalInstructionsCommand(Terminal terminal)
        : base(
            "natural-instructions",
            "Import tasks of Super-NaturalInstructions: definition and examples become the template, as Tk-Instruct encodes them, the instances become rows.",
            "FILE|DIR", "Task files such as task001_*.json, or folders of them.", terminal)
    {
        Add(_positive, _negative, _noDefinition, _explanations, _taskName, _varied);

        Validators.Add(result =>
        {
            if (result.GetValue(_varied) && new Option[] { _positive, _negative, _noDefinition, _explanations }.Any(option => result.GetResult(option) is { Implicit: false }))
                result.AddError("--varied decides on definition, examples and explanations itself; leave the other options out.");
        });
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit import natural-instructions tasks/task001_*.json --out ni",
        "instructkit import natural-instructions tasks --out ni --positive 2 --negative 2 --explanations",
        "instructkit import natural-instructions tasks --out ni --varied && instructkit lint ni --data ni/data",
    ];

    protected override ImportResult Import(IReadOnlyList<string> paths, ParseResult parsed)
    {
        var name = parsed.GetValue(_taskName);
        return NaturalInstructionsImporter.Import(
            paths,
            parsed.GetValue(_varied)
                ? [.. TkInstructEncoding.Varied.Select(encoding => encoding with { TaskName = name })]
                :
                [
                    new TkInstructEncoding
                    {
                        TaskName = name,
                        Definition = !parsed.GetValue(_noDefinition),
                        PositiveExamples = (int)(parsed.GetValue(_positive) ?? 2),
                        NegativeExamples = (int)(parsed.GetValue(_negative) ?? 0),
                        Explanations = parsed.GetValue(_explanations),
                    },
                ]);
    }
}
