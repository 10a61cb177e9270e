using System.CommandLine;
using InstructKit.Building;
using InstructKit.Cli.Options;
using InstructKit.Tasks;

namespace InstructKit.Cli.Commands;

/// <summary>Prints the schema of the files that people write.</summary>
internal sealed class SchemaCommand : CliCommand
{
    private readonly Argument<string> _file = new("FILE") { HelpName = "FILE", Description = "plan or task." };
    private readonly Option<bool> _markdown = OptionFactory.Switch("--markdown", "Print the settings of a plan as a page in Markdown instead (docs/plan.md).");

    /// <summary>Makes the command.</summary>
    public SchemaCommand(Terminal terminal)
        : base("schema", "Print the JSON Schema of plan or task files, for editors that complete and check YAML.", terminal)
    {
        OptionFactory.Restrict(_file, "FILE", "plan", "task");
        Arguments.Add(_file);
        Options.Add(_markdown);
        Validators.Add(result =>
        {
            if (result.GetValue(_markdown) && result.GetValue(_file) == "task") result.AddError("--markdown describes plans; task files are described in templates/README.md.");
        });
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit schema plan > plan.schema.json",
        "instructkit schema task > task.schema.json",
        "instructkit schema plan --markdown",
    ];

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed)
    {
        if (parsed.GetValue(_markdown)) WritePage(Terminal.Text);
        else Terminal.Output.Write(parsed.GetRequiredValue(_file) == "plan" ? PlanSettings.Schema() : TaskKeys.Schema());

        return ExitCode.Done;
    }

    private static void WritePage(TextWriter page)
    {
        page.WriteLine("# Plan settings");
        page.WriteLine();
        page.WriteLine("<!-- Written by `instructkit schema plan --markdown`; a test compares it with the tool. -->");
        page.WriteLine();
        page.WriteLine("A plan is a YAML file for `instructkit build` and `instructkit plan`. Every setting has a key, an option, or both; an option overrides the plan file. Paths are relative to the plan file. `instructkit schema plan` prints a JSON Schema for editors.");
        page.WriteLine();
        page.WriteLine("| key | option | value | default | meaning |");
        page.WriteLine("|---|---|---|---|---|");
        foreach (var setting in PlanSettings.All)
        {
            var options = new[] { setting.Option, setting.Off?.Option }.OfType<string>().Select(option => $"`{option}`");
            page.WriteLine($"| {(setting.InFile ? $"`{setting.Key}`" : string.Empty)} | {string.Join(", ", options)} | {Escaped(setting.Type.Description)} | {setting.Default} | {Escaped(setting.Help)} |");
        }
    }

    private static string Escaped(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
