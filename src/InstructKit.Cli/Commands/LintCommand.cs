using System.CommandLine.Completions;
using InstructKit.Auditing.Linting;
using InstructKit.Building.Selection;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Tasks;
using InstructKit.Yaml;

namespace InstructKit.Cli.Commands;

/// <summary>Checks tasks and templates.</summary>
internal sealed class LintCommand : CliCommand
{
    private const int DefaultRows = 200;

    private readonly Argument<string[]> _targets = new("TASK|FILE|DIR")
    {
        HelpName = "TASK|FILE|DIR",
        Description = "Tasks or clusters of the catalogue, task files, or folders of task files; all shipped tasks when none is named.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _tasks = OptionFactory.Names("--tasks", "DIR", "Folders of your own task files that the named tasks may be in.");
    private readonly Option<string[]> _data = OptionFactory.Names("--data", "DIR", "Data folders to take rows from; the shipped samples when none is named.", "-d");
    private readonly Option<long?> _rows = OptionFactory.Number("--rows", $"Rows to look at in each split (default {DefaultRows}); 0 looks at the files alone.", 0, 1_000_000);
    private readonly Option<string[]> _disable = OptionFactory.Names("--disable", "CODE", "Rules not to report, by code or name.");
    private readonly Option<bool> _rules = OptionFactory.Switch("--rules", "List the rules and stop.");
    private readonly Option<bool> _strict = OptionFactory.Switch("--strict", "Count remarks as findings, too.");
    private readonly Option<bool> _sarif = OptionFactory.Switch("--sarif", "Answer with a SARIF 2.1.0 log on standard output.");
    private readonly HoldOutOption _holdOut = new("training rows that are among the held-out ones are counted and not looked at.");
    private readonly RepairOptions _repairs = new();

    public LintCommand(Terminal terminal)
        : base("lint", "Check tasks and templates, in their files and over rows. Exits with 1 when an error or a warning is found.", terminal)
    {
        _targets.CompletionSources.Add(_ => ShippedNames.All.Select(name => new CompletionItem(name)));
        OptionFactory.Suggest(_disable, () => LintCodes.All.Select(rule => rule.Name));
        Arguments.Add(_targets);
        Add([_tasks, _data, _rows, _holdOut.Option, _disable, _rules, _strict, _sarif, .. _repairs.All]);

        AddJson();
        Validators.Add(result =>
        {
            if (result.GetValue(_sarif) && result.GetResult("--json") is not null)
                result.AddError("--json and --sarif are two forms of one answer; choose one.");
        });
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit lint",
        "instructkit lint rte sentiment --data ~/data",
        "instructkit lint my_task.yaml --data ~/my-data --strict",
        "instructkit lint my_tasks/ --sarif > lint.sarif",
    ];

    protected override int Run(ParseResult parsed)
    {
        if (parsed.GetValue(_rules))
        {
            ListRules();
            return ExitCode.Done;
        }

        var catalogue = TaskRegistry.Open(ShippedFiles.TaskRegistry, []);
        var keys = Resolve(catalogue, parsed.GetValue(_targets) ?? [], parsed.GetValue(_tasks) ?? []);
        var rows = (int)(parsed.GetValue(_rows) ?? DefaultRows);
        var data = parsed.GetValue(_data) is { Length: > 0 } named ? named.Select(HubData.Expand).ToArray() : [ShippedFiles.SampleData];
        foreach (var folder in data) PlanOptions.RequireFolder(folder);

        var repairs = _repairs.Read(parsed);
        // A build of all tasks: those that are held out, or excluded with them, are checked as without a hold-out.
        using var held = rows == 0 ? null : _holdOut.Read(parsed, catalogue, plan => plan with { Tasks = [new LocatedName("all")] }, data, repairs, Terminal.Cancel);
        var settings = new LintSettings
        {
            Data = rows == 0 ? [] : data,
            Lock = HubData.LockFor(data),
            Filters = held is null ? null : held.FiltersOf,
            Rows = rows,
            Repairs = repairs,
            Disabled = [.. (parsed.GetValue(_disable) ?? []).Select(CodeOf)],
        };
        var findings = new Linter(catalogue.Tasks, settings, Terminal.Cancel).Run(keys);
        Answer(findings, keys.Count, parsed.GetValue(_sarif));
        var least = parsed.GetValue(_strict) ? Severity.Info : Severity.Warning;
        return findings.Any(finding => finding.Diagnostic.Severity >= least) ? ExitCode.Found : ExitCode.Done;
    }

    private static List<string> Resolve(TaskRegistry catalogue, string[] targets, string[] folders)
    {
        var tasks = catalogue.Tasks;
        foreach (var folder in folders)
        {
            PlanOptions.RequirePath(folder);
            AddFiles(tasks, folder);
        }

        List<string> keys = [];
        foreach (var target in targets)
        {
            if (OwnTasks.IsPath(target) && Path.Exists(target))
            {
                PlanOptions.RequirePath(target);
                AddFiles(tasks, target);
                keys.AddRange(Below(tasks, target));
            }
            else
            {
                keys.AddRange(catalogue.Find(target) ?? throw DiagnosticException.Error(TaskCodes.UnknownTask, $"There is no task, cluster, file or folder '{target}'.", hint: catalogue.Nearest(target) ?? "`instructkit tasks` lists the tasks."));
            }
        }

        if (targets.Length == 0) keys.AddRange(folders.Length == 0 ? tasks.Keys : folders.SelectMany(folder => Below(tasks, folder)));

        return [.. keys.Distinct(StringComparer.Ordinal)];
    }

    // A catalogue has files that are not tasks next to its task folders.
    private static void AddFiles(TaskFiles tasks, string path)
    {
        if (File.Exists(Path.Combine(path, "clusters.yaml"))) tasks.AddFolder(path);
        else tasks.AddOwn(path);
    }

    private static IEnumerable<string> Below(TaskFiles tasks, string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return tasks.Keys.Where(key => Path.GetFullPath(tasks.PathOf(key)) is var own && (own == full || own.StartsWith(full + Path.DirectorySeparatorChar, StringComparison.Ordinal)));
    }

    private static string CodeOf(string name) =>
        LintCodes.All.FirstOrDefault(rule => rule.Code == name || rule.Name == name)?.Code
        ?? throw DiagnosticException.Error(YamlCodes.UnknownValue, $"There is no rule '{name}' that could be disabled.",
            hint: NearestName.Hint(name, LintCodes.All.SelectMany(rule => new[] { rule.Code, rule.Name })) ?? "`instructkit lint --rules` lists them.");

    private void Answer(IReadOnlyList<LintFinding> findings, int tasks, bool sarif)
    {
        if (Terminal.Json)
        {
            Terminal.Output.Write(FindingsJson.Write(findings));
        }
        else if (sarif)
        {
            Terminal.Output.Write(SarifLog.Write(findings, ToolVersion.Text, Directory.GetCurrentDirectory()));
        }
        else
        {
            // The runner of GitHub Actions turns such lines into annotations; people read the log as well.
            var annotates = string.Equals(Environment.GetEnvironmentVariable("GITHUB_ACTIONS"), "true", StringComparison.Ordinal);
            foreach (var finding in findings)
            {
                if (annotates) Terminal.Text.WriteLine(WorkflowCommands.Format(finding));

                DiagnosticPrinter.Print(finding.Diagnostic, Terminal);
            }
        }

        Terminal.Say($"{Wording.Count(tasks, "task")}: {Count(Severity.Error, "error")}, {Count(Severity.Warning, "warning")}, {Count(Severity.Info, "remark")}.");

        string Count(Severity severity, string noun) => Wording.Count(findings.Count(finding => finding.Diagnostic.Severity == severity), noun);
    }

    private void ListRules()
    {
        if (Terminal.Json)
        {
            Terminal.Output.Write(FindingsJson.WriteRules());
            return;
        }

        foreach (var rule in LintCodes.All)
        {
            var severity = rule.Severity.Word;
            Terminal.Text.WriteLine($"{rule.Code} {severity,-7} {rule.Name}");
            Terminal.Text.WriteLine($"  {rule.What}");
            Terminal.Text.WriteLine($"  {rule.Why}");
        }
    }
}
