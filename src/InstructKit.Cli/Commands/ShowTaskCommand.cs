using System.CommandLine.Completions;
using InstructKit.Building.Passes;
using InstructKit.Building.Plans;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Sources;
using InstructKit.Tasks;

namespace InstructKit.Cli.Commands;

/// <summary>Shows one task with everything in its file, and an example.</summary>
internal sealed class ShowTaskCommand : CliCommand
{
    private readonly Argument<string> _task = new("TASK") { HelpName = "TASK", Description = "Task, or the path of a task file." };
    private readonly CatalogueOptions _catalogue = new();
    private readonly Option<string?> _scheme = OptionFactory.Text("--scheme", "NAME", "Clusters of FLAN's 'paper' (default) or of its 'code'.");

    public ShowTaskCommand(Terminal terminal)
        : base("show", "Show a task: columns, layouts, slices, conditions, options, templates, and one row through its first template.", terminal)
    {
        _task.CompletionSources.Add(_ => ShippedNames.Tasks.Select(name => new CompletionItem(name)));
        Arguments.Add(_task);
        OptionFactory.Suggest(_scheme, () => ShippedNames.Schemes);
        Options.Add(_scheme);
        _catalogue.AddTo(this);
        AddJson();
    }

    public override IReadOnlyList<string> Examples { get; } = ["instructkit tasks show rte", "instructkit tasks show rte --data ~/glue --json"];

    protected override int Run(ParseResult parsed)
    {
        string[] names = [parsed.GetRequiredValue(_task)];
        var catalogue = _catalogue.Open(parsed, ref names);
        var task = catalogue.Tasks.Get(names[0], _catalogue.Variant(parsed, catalogue));
        var scheme = CatalogueOptions.Scheme(catalogue, parsed.GetValue(_scheme));
        var locator = _catalogue.Locator(parsed);
        var listed = new ListedTask(task, scheme.Of(task.Key)?.Key ?? task.Cluster ?? "none", locator);
        var example = Example(task, locator);
        if (Terminal.Json) WriteJson(task, listed, example, catalogue.Tasks.PathOf(task.Key));
        else Tell(task, listed, example, catalogue.Tasks.PathOf(task.Key));

        return ExitCode.Done;
    }

    private static PreviewedRow? Example(TaskDefinition task, TaskLocator locator)
    {
        if (!locator.FindAll(task).Any()) return null;

        var (slice, data) = PreviewCommand.Find(task, locator, null);
        return RowPreview.Read(task, data, [task.Templates[0]], slice, null, 1, BuildPlan.DefaultSeed).Rows.FirstOrDefault(row => row.Unused is null);
    }

    private static string Choices(RepairChoices choices) =>
        string.Concat(RepairChoices.Table.Select(row => choices.WordOf(row.Repair) is { } word ? $"; {row.Key} {word}" : string.Empty));

    private static IEnumerable<(string Name, string Value)> Facts(TaskDefinition task, string path)
    {
        yield return ("file", path);
        foreach (var layout in task.Layouts)
            yield return ("layout", $"{layout.Name}: {layout.Source.Format.Name}, {string.Join("; ", layout.Splits.Select(split => $"{split.Name} {string.Join(" + ", split.Parts.SelectMany(part => part.Globs).Select(glob => glob.Text))}"))}{Choices(layout.Source.Repairs)}");

        foreach (var slice in task.Slices.OrderBy(slice => slice.Key)) yield return ("slice", $"{Wording.Of(slice.Key)} = {slice.Value}");

        foreach (var condition in task.KeepIf) yield return ("keep if", $"{condition.Source.Text} (else {condition.Name})");

        foreach (var field in task.Fields) yield return ("field", $"{field.Name} = {field.Source.Text}");

        if (task.IsClassification) yield return ("options", task.Options is { } options ? string.Join(" | ", options) : task.OptionsExpression!.Text);

        if (task.Answer is { } answer) yield return ("answer", answer.Text);

        if (task.Answers is { } answers) yield return ("answers", answers.Text);

        if (task.Group is { } group) yield return ("group", group.Text);

        if (task.Cut is { } cut) yield return ("cut", $"{cut.Field} {cut.Words}");

        if (task.CutTarget is { } target) yield return ("cut target", target.Words);

        foreach (var template in task.Templates) yield return ("template", $"{template.Id} ({template.KindText})");

        if (task.Note is { } note) yield return ("note", note.ReplaceLineEndings(" "));
    }

    private void Tell(TaskDefinition task, ListedTask listed, PreviewedRow? example, string path)
    {
        var output = Terminal.Text;
        output.WriteLine(listed.Cluster == "none" ? "in no cluster" : listed.Cluster);
        listed.Tell(output, detailed: true);
        foreach (var (name, value) in Facts(task, path)) output.WriteLine($"    {name,-9}  {value}");

        if (example is not null)
        {
            output.WriteLine();
            RenderedRowOutput.Tell(example, Terminal);
        }
    }

    private void WriteJson(TaskDefinition task, ListedTask listed, PreviewedRow? example, string path) => JsonDocumentOutput.Write(Terminal, json =>
    {
        listed.WriteJson(json);
        foreach (var group in Facts(task, path).GroupBy(fact => fact.Name.Replace(' ', '_'), StringComparer.Ordinal))
            json.Put($"{group.Key}_text", group.Select(fact => fact.Value));

        if (example is not null) json.Object("example", () => RenderedRowOutput.WriteJson(example, json));
    });
}
