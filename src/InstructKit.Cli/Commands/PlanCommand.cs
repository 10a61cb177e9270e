using System.CommandLine;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Building.Slices;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Diagnostics;
using InstructKit.Tasks;

namespace InstructKit.Cli.Commands;

/// <summary>Says what a build would do.</summary>
internal sealed class PlanCommand : CliCommand
{
    private readonly PlanOptions _plan = new();
    private readonly OutputOptions _output = new();
    private readonly Option<string?> _rows = new("--rows") { Description = "File (YAML or JSON) with numbers of rows to plan with instead of data: TASK: N, or TASK: { SPLIT: N }.", HelpName = "FILE" };

    /// <summary>Makes the command.</summary>
    public PlanCommand(Terminal terminal)
        : base("plan", "Show what 'build' would do with the same arguments, and write nothing: tasks, roles, rows, rates, what is left out and why.", terminal)
    {
        _plan.AddTo(this);
        Options.Add(_rows);
        _output.AddTo(this);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit plan --hold-out natural_language_inference",
        "instructkit plan --data ~/glue --hold-out sentiment --json",
        "instructkit plan plan.yaml",
    ];

    /// <summary>Shows a plan.</summary>
    /// <returns>The exit code; that of a usage error when the build would stop for missing data.</returns>
    public static int Show(BuildPlan plan, bool json, Terminal terminal, RowCounts? counts = null)
    {
        var registry = TaskRegistry.Open(ShippedFiles.TaskRegistry, plan.TaskFolders);
        var resolved = PlanResolver.Resolve(plan with { OnMissing = MissingDataPolicy.Skip, AllowEmpty = true }, registry, counts);
        var forecast = PlanPreview.Of(resolved, terminal.Cancel);
        if (json) PlanPreviewOutput.WriteJson(forecast, terminal);
        else PlanPreviewOutput.Tell(forecast, terminal);

        if (resolved.Missing.Count == 0 || plan.OnMissing == MissingDataPolicy.Skip)
        {
            return !plan.AllowEmpty && PlanResolver.EmptyTraining(resolved, registry) is { } empty
                ? throw new DiagnosticException(empty with { Message = $"'build' would stop here: {char.ToLowerInvariant(empty.Message[0])}{empty.Message[1..]}" })
                : ExitCode.Done;
        }

        throw new DiagnosticException(new Diagnostic(TaskCodes.MissingData, Severity.Error, $"'build' would stop here: {Wording.Count(resolved.Missing.Count, "task")} without data.")
        {
            Hint = "Use --on-missing skip to build without them.",
        });
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed)
    {
        var counts = parsed.GetValue(_rows) is not { } path ? null : File.Exists(path) ? RowCounts.Load(path) : throw PlanOptions.Absent("file with numbers of rows", path, Directory.GetFiles);
        return Show(_plan.Read(parsed, Terminal), _output.WantsJson(parsed), Terminal, counts);
    }
}
