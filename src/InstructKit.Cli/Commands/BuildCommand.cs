using System.CommandLine;
using InstructKit.Building;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;

namespace InstructKit.Cli.Commands;

/// <summary>The main job.</summary>
internal sealed class BuildCommand : CliCommand
{
    private readonly PlanOptions _plan = new();
    private readonly OutputOptions _output = new();
    private readonly Option<bool> _dryRun = OptionFactory.Switch("--dry-run", "Show what would be built and write nothing, as 'plan' does.");

    /// <summary>Makes the command.</summary>
    public BuildCommand(Terminal terminal)
        : base("build", "Render tasks through their templates and write a dataset with one cluster held out. Without a plan and data it builds the shipped samples.", terminal)
    {
        _plan.AddTo(this);
        Options.Add(_dryRun);
        _output.AddTo(this);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit build",
        "instructkit build --data ~/glue --hold-out natural_language_inference --out flan",
        "instructkit build plan.yaml --seed 7 --out flan-7",
        "instructkit build --data ~/data --hold-out sentiment --container jsonl.gz --shard-size 500M --on-bad-row skip",
    ];

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed)
    {
        var plan = _plan.Read(parsed, Terminal);
        if (parsed.Has(_dryRun)) return PlanCommand.Show(plan, _output.WantsJson(parsed), Terminal);

        var registry = TaskRegistry.Open(ShippedFiles.TaskRegistry, plan.TaskFolders);
        var resolved = PlanResolver.Resolve(plan, registry);
        BuildSummary.TellSources(resolved, registry.Tasks, Terminal);
        Terminal.Log.Information("Tasks with data: {Tasks}, without: {Missing}, left out: {Excluded}", resolved.Tasks.Count, resolved.Missing.Count, resolved.HoldOut.Excluded.Count);
        var report = Progress.Run(Terminal, resolved, observer => DatasetBuilder.Run(resolved, observer, Terminal.Cancel));
        if (_output.WantsJson(parsed)) BuildSummary.WriteJson(report, Terminal);

        BuildSummary.Tell(report, Terminal);
        return report.Rejected > 0 ? ExitCode.Found : ExitCode.Done;
    }
}
