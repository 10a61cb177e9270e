using InstructKit.Building;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Sinks;
using InstructKit.Sources.Files;

namespace InstructKit.Cli.Commands;

/// <summary>Builds a dataset.</summary>
internal sealed class BuildCommand : CliCommand
{
    private readonly PlanOptions _plan = new();
    private const string Stream = "-";

    private readonly Option<string?> _split = OptionFactory.Choice("--split", "With --out -: the split that is written to standard output.", [.. OutputSplit.All]);
    private readonly Option<string?> _manifest = OptionFactory.Text("--manifest", "FILE", "With --out -: write the manifest into this file.");
    private readonly Option<bool> _dryRun = OptionFactory.Switch("--dry-run", "Show what would be built and write nothing, as 'plan' does.");

    public BuildCommand(Terminal terminal)
        : base("build", "Render tasks through their templates and write a dataset with one cluster held out. Without a plan and data it builds the shipped samples.", terminal)
    {
        _plan.AddTo(this);
        Add(_split, _manifest, _dryRun);
        AddJson();
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit build",
        "instructkit build --data ~/glue --hold-out natural_language_inference --out flan",
        "instructkit build plan.yaml --seed 7 --out flan-7",
        "instructkit build --data ~/data --hold-out sentiment --container jsonl.gz --shard-size 500M --on-bad-row skip",
    ];

    protected override int Run(ParseResult parsed)
    {
        var plan = _plan.Read(parsed, Terminal);
        if (parsed.Has(_dryRun)) return PlanCommand.Show(plan, Terminal);

        if (plan.Out == Stream) return RunStream(plan, parsed);

        if (parsed.Has(_split) || parsed.Has(_manifest)) throw Wrong("--split and --manifest are for --out -, which writes one split to standard output.");

        var report = Build(plan);
        if (Terminal.Json) BuildSummary.WriteJson(report, Terminal);

        BuildSummary.Tell(report, Terminal);
        return report.Rejected > 0 ? ExitCode.Found : ExitCode.Done;
    }

    // A split is shuffled, and a build may fail at its last row, before a reader should see its first: so it is built on disk, and the only file left is the
    // rejects file, if there are any.
    private int RunStream(BuildPlan plan, ParseResult parsed)
    {
        if (parsed.GetValue(_split) is not { } split) throw Wrong("--out - writes one split: name it with --split.");

        if (Terminal.Json) throw Wrong("--out - and --json both write to standard output.");

        if (plan.Also.Count > 0 || plan.Snippets.Count > 0 || plan.ShardBytes is not null || plan.Register is not null)
            throw Wrong("--out - writes one file: leave out --also, --snippet, --register and --shard-size.");

        var folder = Directory.CreateTempSubdirectory("instructkit-").FullName;
        var rejects = string.Empty;
        try
        {
            var report = Build(plan with { Out = Path.Combine(folder, "out") });
            foreach (var file in report.Outputs.Where(file => file.Split == split))
            {
                using var content = File.OpenRead(Path.Combine(folder, "out", file.Path));
                content.CopyTo(Terminal.Output);
            }

            Terminal.Output.Flush();
            if (parsed.GetValue(_manifest) is { } manifest) OutputFile.WriteAll(manifest, File.ReadAllBytes(Path.Combine(folder, "out", OutputNames.Manifest)));

            if (report.Rejects is { } rejected)
            {
                rejects = Path.Combine(folder, "rejects.jsonl");
                File.Move(Path.Combine(folder, "out", rejected.Path), rejects);
            }

            BuildSummary.TellStream(report, split, rejects, Terminal);
            return report.Rejected > 0 ? ExitCode.Found : ExitCode.Done;
        }
        finally
        {
            var kept = rejects.Length > 0 ? Path.Combine(folder, "out") : folder;
            if (Directory.Exists(kept)) Directory.Delete(kept, recursive: true);
        }
    }

    private BuildReport Build(BuildPlan plan)
    {
        var registry = TaskRegistry.Open(ShippedFiles.TaskRegistry, plan.TaskFolders);
        var resolved = PlanResolver.Resolve(plan, registry);
        BuildSummary.TellSources(resolved, registry.Tasks, Terminal);
        Terminal.Log.Information("Tasks with data: {Tasks}, without: {Missing}, left out: {Excluded}", resolved.Tasks.Count, resolved.Missing.Count, resolved.HoldOut.Excluded.Count);
        return Progress.Run(Terminal, resolved, observer => DatasetBuilder.Run(resolved, observer, Terminal.Cancel));
    }
}
