using InstructKit.Building.Selection;
using InstructKit.Sources.Files;
using InstructKit.Yaml;

namespace InstructKit.Cli.Commands;

/// <summary>Writes the index of a folder of task files; the build of the tool runs it on the shipped catalogue.</summary>
internal sealed class IndexCommand : CliCommand
{
    private readonly Argument<string> _folder = new("DIR") { Description = "Folder of task files." };

    public IndexCommand(Terminal terminal)
        : base("index", "Write the index of a folder of task files, which spares parsing them.", terminal)
    {
        Hidden = true;
        Arguments.Add(_folder);
    }

    public override IReadOnlyList<string> Examples { get; } = ["instructkit index templates/flan"];

    protected override int Run(ParseResult parsed)
    {
        var folder = parsed.GetRequiredValue(_folder);
        CheckAll(TaskRegistry.Open(folder, []));
        OutputFile.WriteAll(Path.Combine(folder, YamlIndex.FileName), YamlIndex.Make(folder));
        return ExitCode.Done;
    }

    // An index vouches for its files, so an invalid one fails the tool's build.
    private static void CheckAll(TaskRegistry catalogue)
    {
        _ = catalogue.Splits;
        foreach (var key in catalogue.Tasks.Keys)
        {
            foreach (var variant in catalogue.Tasks.Get(key).Variants) catalogue.Tasks.Get(key, variant);
        }
    }
}
