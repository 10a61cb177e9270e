using System.CommandLine;
using System.CommandLine.Completions;
using InstructKit.Building;
using InstructKit.Diagnostics;
using InstructKit.Protocol;
using InstructKit.Sinks;
using InstructKit.Tasks;
using InstructKit.Yaml;

namespace InstructKit.Cli.Options;

/// <summary>
/// What <c>build</c> and <c>plan</c> take. Defaults give way to the plan file, the plan file to the options. With neither a plan nor data the
/// shipped samples are used.
/// </summary>
internal sealed class PlanOptions
{
    private readonly Argument<string?> _plan = new("PLAN") { Description = "Plan file (YAML), or - for standard input.", Arity = ArgumentArity.ZeroOrOne };

    private readonly Option<string[]> _holdOut = OptionFactory.Names(
        "--hold-out", "NAME", "Clusters, tasks or a published split to hold out; 'none' to train on everything.");

    private readonly Option<string[]> _tasks = OptionFactory.Names(
        "--tasks", "NAME", "Tasks or clusters that take part, or 'all'. A file or folder adds your own tasks.");

    private readonly Option<string[]> _train = OptionFactory.Names("--train", "NAME", "Tasks or clusters to train on, and no others.");
    private readonly Option<string[]> _data = OptionFactory.Names("--data", "DIR", "Folder with the data, one folder per task in it, or 'hub' for what `fetch` downloaded; may be repeated.", "-d");
    private readonly Option<string?> _out = OptionFactory.Text("--out", "DIR", "Output folder (default: out).", "-o");
    private readonly Option<string?> _scheme = OptionFactory.Text("--scheme", "NAME", "Clusters of FLAN's 'paper' or of its 'code' (default: the first that knows the names).");
    private readonly Option<bool> _keepRelated = OptionFactory.Switch("--keep-related", "Train on clusters that usually leave with the held-out one.");
    private readonly Option<long?> _seed = OptionFactory.Number("--seed", "Seed of every choice (default: 42).");
    private readonly Option<string?> _templates = OptionFactory.Choice(
        "--templates", "Templates of a training row: one at random (default), one in turn, or all.", "one", "round-robin", "all");

    private readonly Option<long?> _firstTemplates = OptionFactory.Number("--first-templates", "Use only the first N templates of each task.", 1, 1000);
    private readonly Option<bool> _directOnly = OptionFactory.Switch("--direct-only", "Leave out templates that turn the task around.");
    private readonly Option<RowCap?> _maxTrain = OptionFactory.Cap("--max-per-task", "Most training rows of a task (default: 30000).");
    private readonly Option<RowCap?> _maxValidation = OptionFactory.Cap("--max-validation", "Most validation rows of a task (default: none).");
    private readonly Option<RowCap?> _maxHeldOut = OptionFactory.Cap("--max-held-out", "Most rows of a held-out task (default: none).");
    private readonly Option<long?> _maxRate = OptionFactory.Number("--max-rate", "Most that a task counts in the mixture (default: 3000).", 1);
    private readonly Option<bool> _shuffle = OptionFactory.Switch("--shuffle", "Mix the training rows of all tasks (default).");
    private readonly Option<bool> _noShuffle = OptionFactory.Switch("--no-shuffle", "Keep the training rows in the order of tasks and sources.");
    private readonly Option<string?> _variant = OptionFactory.Text("--variant", "NAME", "Variant of the tasks that have it, such as as-released.");
    private readonly Option<string[]> _layouts = OptionFactory.Names("--layout", "TASK=NAME", "Layout in which a task's data must be; may be repeated.");
    private readonly Option<string?> _onBadRow = OptionFactory.Choice("--on-bad-row", "What an unusable row does (default: fail).", "fail", "skip");
    private readonly Option<long?> _maxRejects = OptionFactory.Number("--max-rejects", "Most unusable rows to skip.", 0);
    private readonly Option<string?> _onMissing = OptionFactory.Choice(
        "--on-missing", "What a task without data does (default: fail; skip where neither plan nor option names tasks).", "fail", "skip");

    private readonly Option<string?> _format = OptionFactory.Choice("--format", "Format of the output (default: jsonl).", [.. OutputContainers.All.Select(container => container.Name)]);
    private readonly LimitOptions _limits = new();
    private readonly RepairOptions _repairs = new();
    private readonly Option<long?> _shardSize = OptionFactory.Bytes("--shard-size", "Begin the next output file after this size, such as 500M.");
    private readonly Option<bool> _force = OptionFactory.Switch("--force", "Replace an earlier build in the output folder.");
    private readonly Option<long?> _jobs = OptionFactory.Number("--jobs", "Worker threads (default: one per processor). Does not change the output.", 1, 1024, "-j");

    /// <summary>Adds argument and options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option<string[]>>)[_holdOut, _tasks, _train])
            option.CompletionSources.Add(_ => ShippedNames.All.Select(name => new CompletionItem(name)));

        command.Arguments.Add(_plan);
        foreach (var option in (ReadOnlySpan<Option>)
        [
            _holdOut, _tasks, _train, _data, _out, _scheme, _keepRelated, _seed, _templates, _firstTemplates, _directOnly, _maxTrain, _maxValidation, _maxHeldOut,
            _maxRate, _shuffle, _noShuffle, _variant, _layouts, _onBadRow, _maxRejects, _onMissing, _format, _shardSize, _force, _jobs,
        ])
        {
            command.Options.Add(option);
        }

        foreach (var option in _limits.All.Concat(_repairs.All)) command.Options.Add(option);
    }

    /// <summary>The plan that file and options make together.</summary>
    /// <exception cref="DiagnosticException">The plan file is wrong or not there, or options contradict each other.</exception>
    public BuildPlan Read(ParseResult parsed, Terminal terminal)
    {
        var path = parsed.GetValue(_plan);
        var data = parsed.GetValue(_data) ?? [];
        BuildPlan plan;
        if (path is not null)
        {
            plan = Load(path, terminal);
        }
        else if (data.Length > 0)
        {
            var named = parsed.Has(_tasks) || parsed.Has(_train);
            plan = new BuildPlan { OnMissing = named ? MissingDataPolicy.Fail : MissingDataPolicy.Skip };
        }
        else
        {
            plan = BuildPlanFile.Load(ShippedFiles.SamplePlan);
        }

        return CheckFolders(WithHub(Override(plan, parsed, data), path));
    }

    /// <summary>True when the shipped samples are what is built.</summary>
    public bool UsesSamples(ParseResult parsed) => parsed.GetValue(_plan) is null && !parsed.Has(_data);

    /// <summary>Refuses a data folder that is not there.</summary>
    /// <exception cref="DiagnosticException">IK2023.</exception>
    internal static void RequireFolder(LocatedName folder)
    {
        if (!Directory.Exists(folder.Text))
        {
            throw File.Exists(folder.Text) ? Wrong($"The data folder '{folder}' is a file.", folder.Span)
                : HubData.IsCache(folder.Text) ? Wrong($"There is no data folder '{folder}'.", folder.Span, "It is the hub's cache; `instructkit fetch TASK` makes it.")
                : Absent("data folder", folder, Directory.GetDirectories);
        }
    }

    /// <summary>Refuses a task file or folder that is not there.</summary>
    /// <exception cref="DiagnosticException">IK2023.</exception>
    internal static void RequirePath(LocatedName path)
    {
        if (!File.Exists(path.Text) && !Directory.Exists(path.Text)) throw Absent("task file or folder", path, Directory.GetFileSystemEntries);
    }

    /// <summary>Refuses what is not there, with the nearest name of what is.</summary>
    /// <param name="what">What was meant to be there.</param>
    /// <param name="written">Where.</param>
    /// <param name="list">What may have been meant, of a folder.</param>
    internal static DiagnosticException Absent(string what, LocatedName written, Func<string, string[]> list)
    {
        var path = written.Text;
        if (Directory.Exists(path)) return Wrong($"The {what} '{path}' is a folder.", written.Span);

        if (path.Length == 0) return Wrong($"The name of a {what} is empty.", written.Span);

        var folder = Path.GetDirectoryName(Path.GetFullPath(Path.TrimEndingDirectorySeparator(path)));
        var neighbours = Directory.Exists(folder) ? list(folder).Select(one => Path.GetFileName(one)) : [];
        var near = NearestName.Find(Path.GetFileName(Path.TrimEndingDirectorySeparator(path)), neighbours, 1);
        return Wrong($"There is no {what} '{path}'.", written.Span, near is [var name] ? $"Did you mean '{Path.Join(Path.GetDirectoryName(path), name)}'?" : null);
    }

    // The lock beside the plan goes before one in the current folder.
    private static BuildPlan WithHub(BuildPlan plan, string? path)
    {
        List<LocatedName> data = [.. plan.Data.Select(folder => folder with { Text = HubData.Expand(folder.Text) })];
        return plan with { Data = data, Lock = HubData.LockFor([.. data.Select(folder => folder.Text)], path is null or "-" ? null : Path.GetDirectoryName(Path.GetFullPath(path))) };
    }

    private static BuildPlan Load(string path, Terminal terminal)
    {
        if (path == "-") return BuildPlanFile.Read(YamlFile.Parse(SourceText.FromText("<stdin>", terminal.Input.ReadToEnd())), Directory.GetCurrentDirectory());

        if (File.Exists(path)) return BuildPlanFile.Load(path);

        throw Absent("plan file", path, folder => Directory.GetFiles(folder, "*ml"));
    }

    private BuildPlan Override(BuildPlan plan, ParseResult parsed, string[] data)
    {
        if (parsed.Has(_shuffle) && parsed.Has(_noShuffle)) throw Wrong("--shuffle and --no-shuffle contradict each other.");

        if (parsed.Has(_tasks)) plan = WithTasks(plan, parsed.GetValue(_tasks)!);

        return plan with
        {
            HoldOut = parsed.Has(_holdOut) ? Names(parsed.GetValue(_holdOut)!.Where(name => name != "none")) : plan.HoldOut,
            Train = parsed.Has(_train) ? Names(parsed.GetValue(_train)!) : plan.Train,
            Data = data.Length > 0 ? Names(data) : plan.Data,
            Out = parsed.GetValue(_out) ?? plan.Out,
            Scheme = parsed.GetValue(_scheme) ?? plan.Scheme,
            KeepRelated = parsed.Has(_keepRelated) || plan.KeepRelated,
            Seed = parsed.GetValue(_seed) ?? plan.Seed,
            Assign = parsed.GetValue(_templates) switch
            {
                "one" => TemplateAssignment.One,
                "round-robin" => TemplateAssignment.RoundRobin,
                "all" => TemplateAssignment.All,
                _ => plan.Assign,
            },
            FirstTemplates = (int?)parsed.GetValue(_firstTemplates) ?? plan.FirstTemplates,
            Inverted = !parsed.Has(_directOnly) && plan.Inverted,
            MaxTrain = parsed.GetValue(_maxTrain) is { } train ? train.Rows : plan.MaxTrain,
            MaxValidation = parsed.GetValue(_maxValidation) is { } validation ? validation.Rows : plan.MaxValidation,
            MaxHeldOut = parsed.GetValue(_maxHeldOut) is { } heldOut ? heldOut.Rows : plan.MaxHeldOut,
            MaxRate = parsed.GetValue(_maxRate) ?? plan.MaxRate,
            Shuffle = parsed.Has(_shuffle) || (!parsed.Has(_noShuffle) && plan.Shuffle),
            Variant = parsed.GetValue(_variant) ?? plan.Variant,
            Layouts = [.. plan.Layouts, .. (parsed.GetValue(_layouts) ?? []).Select(Layout)],
            OnBadRow = parsed.GetValue(_onBadRow) switch { "fail" => BadRowPolicy.Fail, "skip" => BadRowPolicy.Skip, _ => plan.OnBadRow },
            MaxRejects = parsed.GetValue(_maxRejects) ?? plan.MaxRejects,
            OnMissing = parsed.GetValue(_onMissing) switch { "fail" => MissingDataPolicy.Fail, "skip" => MissingDataPolicy.Skip, _ => plan.OnMissing },
            Container = parsed.GetValue(_format) is { } container ? OutputContainers.Find(container) ?? plan.Container : plan.Container,
            ShardBytes = parsed.GetValue(_shardSize) ?? plan.ShardBytes,
            Limits = _limits.Over(plan.Limits, parsed),
            Repairs = _repairs.Read(parsed).Over(plan.Repairs),
            Force = parsed.Has(_force) || plan.Force,
            Jobs = (int?)parsed.GetValue(_jobs) ?? plan.Jobs,
        };
    }

    // Paths add tasks, names choose among them; paths alone leave the choice open.
    private static BuildPlan WithTasks(BuildPlan plan, string[] given)
    {
        List<LocatedName> names = [];
        List<LocatedName> paths = [.. plan.TaskFolders];
        foreach (var name in given)
        {
            if (OwnTasks.IsPath(name)) paths.Add(name);
            else names.Add(name);
        }

        return plan with { TaskFolders = paths, Tasks = names.Count == 0 ? plan.Tasks : names.Exists(name => name.Text == "all") ? null : names };
    }

    private static List<LocatedName> Names(IEnumerable<string> given) => [.. given];

    private static ChosenLayout Layout(string pair) => pair.Split('=') is [{ Length: > 0 } task, { Length: > 0 } layout]
        ? new ChosenLayout(task, layout)
        : throw Wrong($"--layout takes TASK=NAME, found '{pair}'.");

    private static BuildPlan CheckFolders(BuildPlan plan)
    {
        foreach (var folder in plan.Data) RequireFolder(folder);

        foreach (var path in plan.TaskFolders) RequirePath(path);

        return plan;
    }

    private static DiagnosticException Wrong(string message, SourceSpan? span = null, string? hint = null) =>
        new(new Diagnostic(TaskCodes.BadSetting, Severity.Error, message, span) { Hint = hint });
}
