using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Building.Slices;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Tasks;

namespace InstructKit.Cli.Commands;

/// <summary>Reports what a build would do.</summary>
internal sealed class PlanCommand : CliCommand
{
    private readonly PlanOptions _plan = new();
    private readonly Option<string?> _rows = new("--rows") { Description = "File (YAML or JSON) with numbers of rows to plan with instead of data: TASK: N, or TASK: { SPLIT: N }.", HelpName = "FILE" };
    private readonly Option<bool> _exact = OptionFactory.Switch("--exact", "Read, filter and render all rows, as the build would, instead of estimating what conditions leave.");
    private readonly Option<bool> _presets = OptionFactory.Switch("--presets", "List the presets: plans of the literature that --preset, or 'from' in a plan file, begins with.");

    public PlanCommand(Terminal terminal)
        : base("plan", "Show what 'build' would do with the same arguments, and write nothing: tasks, roles, rows, rates, what is left out and why.", terminal)
    {
        _plan.AddTo(this);
        Add(_rows, _exact, _presets);
        AddJson();
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit plan --hold-out natural_language_inference",
        "instructkit plan --data ~/glue --hold-out sentiment --json",
        "instructkit plan plan.yaml",
        "instructkit plan --presets",
    ];

    /// <summary>Shows a plan.</summary>
    /// <returns>The exit code; that of a usage error if the build would stop because of missing data.</returns>
    public static int Show(BuildPlan plan, Terminal terminal, RowCounts? counts = null, bool isExact = false)
    {
        var registry = TaskRegistry.Open(ShippedFiles.TaskRegistry, plan.TaskFolders);
        var resolved = PlanResolver.Resolve(plan with { OnMissing = MissingDataPolicy.Skip, AllowEmpty = true }, registry, counts);
        var forecast = PlanPreview.Of(resolved, isExact, terminal.Cancel);
        // Row counts alone have no texts.
        if (counts is null) forecast = forecast.WithSample(terminal.Cancel);
        if (terminal.Json) PlanPreviewOutput.WriteJson(forecast, terminal);
        else PlanPreviewOutput.Tell(forecast, terminal);

        if (resolved.Missing.Count == 0 || plan.OnMissing == MissingDataPolicy.Skip)
        {
            return !plan.AllowEmpty && PlanResolver.EmptyTraining(resolved, registry) is { } empty
                ? throw new DiagnosticException(empty with { Message = $"'build' would stop here: {char.ToLowerInvariant(empty.Message[0])}{empty.Message[1..]}" })
                : ExitCode.Done;
        }

        throw DiagnosticException.Error(TaskCodes.MissingData, $"'build' would stop here: {Wording.Count(resolved.Missing.Count, "task")} without data.",
            hint: "Use --on-missing skip to build without them.");
    }

    protected override int Run(ParseResult parsed)
    {
        if (parsed.Has(_presets)) return ListPresets();

        if (parsed.Has(_exact) && parsed.Has(_rows)) throw DiagnosticException.Error(TaskCodes.BadSetting, "--exact reads the data, and --rows stands for data: use one of them.");

        var counts = parsed.GetValue(_rows) is not { } path ? null : File.Exists(path) ? RowCounts.Load(path) : throw PlanOptions.Absent("file with numbers of rows", path, Directory.GetFiles);
        return Show(_plan.Read(parsed, Terminal), Terminal, counts, parsed.Has(_exact));
    }

    private int ListPresets()
    {
        var presets = ShippedFiles.Presets;
        if (Terminal.Json)
        {
            JsonDocumentOutput.Write(Terminal, writer => writer.Objects("presets", presets.Names, name => writer
                .Put("name", name).Put("title", presets.Describe(name)[0]).Put("source", string.Join(' ', presets.Describe(name).Skip(1)))));
            return ExitCode.Done;
        }

        TextTable.Write(Terminal, [new("preset"), new("what it is")], presets.Names.Select(name => (IReadOnlyList<string>)[name, presets.Describe(name)[0]]));
        return ExitCode.Done;
    }
}
