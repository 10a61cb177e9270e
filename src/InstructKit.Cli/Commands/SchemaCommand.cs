using InstructKit.Building.Settings;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Formats;
using InstructKit.Tasks;

namespace InstructKit.Cli.Commands;

/// <summary>Prints the schema of hand-written files.</summary>
internal sealed class SchemaCommand : CliCommand
{
    private readonly Argument<string> _file = new("FILE") { HelpName = "FILE", Description = "plan, task or format." };
    private readonly Option<bool> _markdown = OptionFactory.Switch("--markdown", "Print the settings of a plan (docs/plan.md) or the formats (docs/formats.md) as a page in Markdown instead.");

    public SchemaCommand(Terminal terminal)
        : base("schema", "Print the JSON Schema of plan or task files, for editors that complete and check YAML, or the columns of each format.", terminal)
    {
        OptionFactory.Restrict(_file, "FILE", "plan", "task", "format");
        Arguments.Add(_file);
        Options.Add(_markdown);
        Validators.Add(result =>
        {
            if (result.GetValue(_markdown) && result.GetValue(_file) == "task") result.AddError("--markdown describes plans and formats; task files are described in templates/README.md.");
        });
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit schema plan > plan.schema.json",
        "instructkit schema task > task.schema.json",
        "instructkit schema plan --markdown",
        "instructkit schema format",
    ];

    protected override int Run(ParseResult parsed)
    {
        var file = parsed.GetRequiredValue(_file);
        if (file == "format" && parsed.GetValue(_markdown)) Terminal.Text.Write(FormatReference.Page());
        else if (file == "format") JsonDocumentOutput.Write(Terminal, FormatReference.Write);
        else if (parsed.GetValue(_markdown)) WritePage(Terminal.Text);
        else Terminal.Output.Write(file == "plan" ? PlanSettings.Schema() : TaskKeys.Schema());

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
