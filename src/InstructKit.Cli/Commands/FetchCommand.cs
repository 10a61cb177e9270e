using System.CommandLine.Completions;
using InstructKit.Building.Selection;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Fetching;
using InstructKit.Sources.Files;
using InstructKit.Sources.Hub;
using InstructKit.Tasks;

namespace InstructKit.Cli.Commands;

/// <summary>Downloads the data of tasks from the Hugging Face hub.</summary>
internal sealed class FetchCommand : CliCommand
{
    private const int DefaultJobs = 4;
    private const string All = "all";

    private readonly Argument<string[]> _names = new("TASK")
    {
        Description = "Tasks or clusters to fetch, or 'all'; what the lock names when none is named.",
        HelpName = "TASK",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _tasks = OptionFactory.Names("--tasks", "PATH", "File or folder with your own tasks; may be repeated.");
    private readonly Option<bool> _dryRun = OptionFactory.Switch("--dry-run", "Show what would be fetched, with sizes; write nothing.");
    private readonly Option<bool> _locked = OptionFactory.Switch("--locked", "Fetch what the lock names and refuse everything else; check the hash of what is here already.");
    private readonly Option<bool> _update = OptionFactory.Switch("--update", "Move to the latest commits of the datasets; without it a dataset in the lock stays at its commit.");
    private readonly Option<string?> _lock = OptionFactory.Text("--lock", "FILE", $"The lock: commit and hash of every file (default: {HubLock.FileName}).");
    private readonly Option<bool> _allowPartial = OptionFactory.Switch("--allow-partial", "Take splits of which the hub has converted only the beginning (5 GB).");
    private readonly Option<bool> _verify = OptionFactory.Switch("--verify", "Check the hash of what is here already.");
    private readonly Option<string?> _cache = OptionFactory.Text("--cache", "DIR", "Folder to download into (default: $HF_HUB_CACHE or $HF_HOME/hub, shared with Python).");
    private readonly Option<long?> _jobs = OptionFactory.Number("--jobs", $"Files at once (default: {DefaultJobs}).", 1, 64, "-j");

    public FetchCommand(Terminal terminal)
        : base("fetch", "Download the data of tasks from the Hugging Face hub into the cache that Python uses, too. `--data hub` builds from it.", terminal)
    {
        _names.CompletionSources.Add(_ => ShippedNames.All.Append(All).Select(one => new CompletionItem(one)));
        Arguments.Add(_names);
        Add(_tasks, _dryRun, _locked, _update, _lock, _allowPartial, _verify, _cache, _jobs);

        AddJson();
        Validators.Add(result =>
        {
            if (result.GetValue(_locked) && result.GetValue(_update)) result.AddError("--locked and --update contradict each other.");
        });
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit fetch rte cb --dry-run",
        "instructkit fetch natural_language_inference && instructkit build --data hub --hold-out natural_language_inference",
        "instructkit fetch --locked",
    ];

    protected override int Run(ParseResult parsed)
    {
        var settings = HubData.Settings();
        if (parsed.GetValue(_cache) is { } folder) settings = settings with { Cache = new HubCache(folder) };

        var lockPath = parsed.GetValue(_lock) ?? HubLock.FileName;
        var request = new FetchRequest
        {
            Tasks = Wanted(parsed),
            Lock = HubLock.Load(lockPath),
            Locked = parsed.GetValue(_locked),
            Update = parsed.GetValue(_update),
            AllowPartial = parsed.GetValue(_allowPartial),
            Verify = parsed.GetValue(_verify),
        };
        if (request.Locked && !File.Exists(lockPath))
            throw DiagnosticException.Error(HubCodes.NotLocked, $"There is no lock file '{lockPath}'.", hint: "`instructkit fetch TASK` makes one.");

        if (request.Tasks.Count == 0 && request.Lock.Datasets.Count == 0)
        {
            throw DiagnosticException.Error(HubCodes.NotLocked, $"No task is named, and the lock '{lockPath}' names nothing either.",
                hint: "Name tasks or clusters; `instructkit fetch all` gets everything, which is many gigabytes.");
        }

        using var fetcher = new HubFetcher(settings);
        var plan = fetcher.PlanAsync(request, Terminal.Cancel).GetAwaiter().GetResult();
        if (!Terminal.Quiet) DiagnosticPrinter.Print(plan.Warnings, Terminal);

        if (parsed.GetValue(_dryRun))
        {
            FetchOutput.Show(plan, Terminal);
            return Complain([.. plan.Failures.Select(failure => failure.Reason).Distinct()]);
        }

        var jobs = (int)(parsed.GetValue(_jobs) ?? DefaultJobs);
        FetchReport report;
        try
        {
            report = Progress.Run(Terminal, plan, observer => fetcher.FetchAsync(plan, jobs, observer, Terminal.Cancel).GetAwaiter().GetResult());
        }
        catch (OperationCanceledException)
        {
            Terminal.Say("What has arrived is kept; the next fetch continues from there.");
            throw;
        }

        if (!request.Locked) Save(report.Lock, request.Lock, lockPath);

        FetchOutput.Tell(report, settings.Cache.Root, Terminal);
        return Complain(report.Failures);
    }

    private List<TaskDefinition> Wanted(ParseResult parsed)
    {
        var names = parsed.GetValue(_names) ?? [];
        List<string> paths = [.. parsed.GetValue(_tasks) ?? [], .. names.Where(name => name.EndsWith(".yaml", StringComparison.Ordinal))];
        paths.ForEach(path => PlanOptions.RequirePath(path));
        var catalogue = TaskRegistry.Open(ShippedFiles.TaskRegistry, [.. paths]);
        var keys = names.SelectMany(name => name.EndsWith(".yaml", StringComparison.Ordinal) ? [Path.GetFileNameWithoutExtension(name)] : catalogue.Find(name)
            ?? throw DiagnosticException.Error(TaskCodes.UnknownTask, $"There is no task or cluster '{name}'.", hint: catalogue.Nearest(name) ?? "`instructkit tasks` lists them."));
        var tasks = keys.Distinct(StringComparer.Ordinal).Select(key => catalogue.Tasks.Get(key)).ToList();
        // Naming a cluster does not mean its tasks that are not on the hub.
        var elsewhere = tasks.Where(task => task.Layouts.All(layout => layout.Hub is null) && !names.Contains(task.Key) && !catalogue.Tasks.IsOwn(task.Key)).ToList();
        if (elsewhere.Count > 0) Terminal.Say($"Not on the hub, to be downloaded by hand: {Wording.Names(elsewhere.Select(task => task.Key), 20)}.");

        return [.. tasks.Except(elsewhere)];
    }

    private static void Save(HubLock now, HubLock before, string path)
    {
        var bytes = now.ToUtf8();
        if (!bytes.AsSpan().SequenceEqual(before.ToUtf8())) OutputFile.WriteAll(path, bytes);
    }

    // A permanent failure takes precedence over one that may go away.
    private int Complain(IReadOnlyList<Diagnostic> failures)
    {
        DiagnosticPrinter.Print(failures, Terminal);
        var codes = failures.Select(failure => ExitCode.Of(failure.Code)).ToList();
        return codes.Count == 0 ? ExitCode.Done : codes.Find(code => code != ExitCode.TryAgain) is var code and not 0 ? code : ExitCode.TryAgain;
    }
}
