using System.CommandLine.Completions;
using InstructKit.Building.Passes;
using InstructKit.Building.Plans;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Tasks;
using InstructKit.Yaml;

namespace InstructKit.Cli.Commands;

/// <summary>Shows rows of a task through its templates.</summary>
internal sealed class PreviewCommand : CliCommand
{
    private readonly Argument<string> _task = new("TASK") { HelpName = "TASK", Description = "Task, or the path of a task file." };
    private readonly CatalogueOptions _catalogue = new();
    private readonly Option<string?> _split = OptionFactory.Choice("--split", "Slice of the task (default: train, or test where there is no training data).", "train", "validation", "test");
    private readonly Option<long?> _rows = OptionFactory.Number("--rows", "How many rows that are used (default: 1).", 1, 10_000, "-n");
    private readonly Option<long?> _row = OptionFactory.Number("--row", "First row, by its number in the source split from 0.", 0);
    private readonly Option<string[]> _template = OptionFactory.Names("--template", "ID", "Only this template; may be repeated.");
    private readonly Option<string?> _layout = OptionFactory.Text("--layout", "NAME", "Layout in which the data must be.");
    private readonly HoldOutOption _holdOut = new("training rows that are among the held-out ones are shown as dropped.");
    private readonly RepairOptions _repairs = new();

    public PreviewCommand(Terminal terminal)
        : base("preview", "Show rows of a task and what every template makes of them.", terminal)
    {
        _task.CompletionSources.Add(_ => ShippedNames.Tasks.Select(name => new CompletionItem(name)));
        OptionFactory.Suggest(_template, context => _catalogue.NamesIn(context.ParseResult, _task, task => task.Templates.Select(template => template.Id)));
        OptionFactory.Suggest(_layout, context => _catalogue.NamesIn(context.ParseResult, _task, task => task.Layouts.Select(layout => layout.Name)));
        Arguments.Add(_task);
        Add(_split, _rows, _row, _template, _layout, _holdOut.Option);
        _catalogue.AddTo(this);
        foreach (var option in _repairs.All) Options.Add(option);

        AddJson();
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit preview rte",
        "instructkit preview rte --split test --rows 3 --data ~/glue",
        "instructkit preview my_tasks/tickets.yaml --data my_data --template route-1",
    ];

    /// <summary>The data of a task for one slice.</summary>
    /// <exception cref="DiagnosticException">There are none (IK2021).</exception>
    public static (SliceKind Slice, TaskData Data) Find(TaskDefinition task, TaskLocator locator, SliceKind? slice, string? layout = null)
    {
        if (slice is { } lacking && !task.Slices.ContainsKey(lacking) && task.Layouts.All(one => one.Slices?.ContainsKey(lacking) is not true))
        {
            throw DiagnosticException.Error(TaskCodes.BadSetting, $"The task '{task.Key}' has no {Wording.Of(lacking)} slice; its slices are {string.Join(", ", task.Slices.Keys.Order().Select(Wording.Of))}.",
                hint: $"Write `{Wording.Of(lacking)}:` under `splits` of the task file to give it one.");
        }

        foreach (var role in slice is { } one ? [one] : (ReadOnlySpan<SliceKind>)[SliceKind.Train, SliceKind.Test, SliceKind.Validation])
        {
            if (task.Slices.ContainsKey(role) && locator.Find(task, role, layout) is { } data) return (role, data);
        }

        var place = string.Join(", ", locator.Places(task));
        throw DiagnosticException.Error(TaskCodes.MissingData, $"No {(slice is { } wanted ? $"{Wording.Of(wanted)} " : string.Empty)}data for the task '{task.Key}': looked in {place}.",
            hint: "Name its folder with --data.");
    }

    protected override int Run(ParseResult parsed)
    {
        string[] names = [parsed.GetRequiredValue(_task)];
        var catalogue = _catalogue.Open(parsed, ref names);
        var task = catalogue.Tasks.Get(names[0], _catalogue.Variant(parsed, catalogue));
        SliceKind? wanted = parsed.GetValue(_split) switch { "train" => SliceKind.Train, "validation" => SliceKind.Validation, "test" => SliceKind.Test, _ => null };
        var repairs = _repairs.Read(parsed);
        var (slice, data) = Find(task, _catalogue.Locator(parsed, repairs), wanted, parsed.GetValue(_layout));
        using var held = _holdOut.Read(parsed, catalogue, plan => plan with { Train = [new LocatedName(task.Key)] }, _catalogue.DataFolders(parsed), repairs, Terminal.Cancel);
        if (held?.Trains(task.Key) is false)
            throw DiagnosticException.Error(TaskCodes.BadSetting, $"A build that holds out {string.Join(", ", parsed.GetValue(_holdOut.Option)!)} does not train on '{task.Key}', so none of its rows is screened.",
                hint: "Preview it without --hold-out.");

        // Only training rows are screened.
        var filters = held is null || slice == SliceKind.Test ? [] : held.FiltersOf(task.Key);
        var (rows, skipped) = RowPreview.Read(task, data, Chosen(task, parsed.GetValue(_template) ?? []), slice, parsed.GetValue(_row), (int)(parsed.GetValue(_rows) ?? 1), BuildPlan.DefaultSeed, filters, Terminal.Cancel);
        if (rows.Count == 0)
        {
            var which = parsed.GetValue(_row) is { } first ? string.Create(CultureInfo.InvariantCulture, $"row {first}") : "row";
            throw DiagnosticException.Error(TaskCodes.BadSetting, $"The {Wording.Of(slice)} slice of the task '{task.Key}', {data.Slices[slice]}, has no {which}.");
        }

        if (Terminal.Json)
        {
            JsonDocumentOutput.Write(Terminal, json =>
            {
                json.Put("task", task.Key).Put("layout", data.Layout.Name).Put("slice", Wording.Of(slice)).Put("source", data.Slices[slice].ToString());
                json.Objects("rows", rows, row => RenderedRowOutput.WriteJson(row, json)).Put("skipped", skipped);
            });
            return ExitCode.Done;
        }

        Terminal.Text.WriteLine($"{task.Key}: {task.Title}; layout {data.Layout.Name}, {Wording.Of(slice)} = {data.Slices[slice]}");
        foreach (var row in rows)
        {
            Terminal.Text.WriteLine();
            RenderedRowOutput.Tell(row, Terminal);
        }

        var none = rows.All(row => row.Unused is not null);
        if (skipped.Count > 0 || none) Terminal.Text.WriteLine();
        if (skipped.Count > 0) Terminal.Text.WriteLine($"Also not used: {string.Join(", ", skipped.Select(reason => $"{Wording.Count(reason.Value, "row")} ({reason.Key})"))}.");
        if (none) Terminal.Text.WriteLine($"No row is used; looked at {Wording.Number(rows.Count + skipped.Values.Sum())}.");

        return ExitCode.Done;
    }

    private static IReadOnlyList<TemplateDefinition> Chosen(TaskDefinition task, string[] ids)
    {
        var known = task.Templates.Select(template => template.Id).ToList();
        foreach (var id in ids)
        {
            if (!known.Contains(id, StringComparer.Ordinal))
            {
                throw DiagnosticException.Error(YamlCodes.UnknownValue, $"The task '{task.Key}' has no template '{id}'.",
                    hint: NearestName.Hint(id, known) ?? $"It has {string.Join(", ", known)}.");
            }
        }

        return ids.Length == 0 ? task.Templates : [.. task.Templates.Where(template => ids.Contains(template.Id, StringComparer.Ordinal))];
    }
}
