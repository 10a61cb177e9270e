using InstructKit.Examples;
using InstructKit.Sources;
using InstructKit.Tasks;
using InstructKit.Templates;

namespace InstructKit.Auditing.Linting;

/// <summary>Finds errors and suspicious content in tasks and their templates: in the files, and over rows where available.</summary>
/// <param name="catalog">Where the tasks are.</param>
/// <param name="settings">What to check.</param>
/// <param name="cancel">Cancels it with an <see cref="OperationCanceledException"/>.</param>
public sealed class Linter(TaskFiles catalog, LintSettings settings, CancellationToken cancel = default)
{
    /// <summary>Lints tasks. Findings are ordered by key, then by file, position and code; those shared by two tasks are reported once.</summary>
    public IReadOnlyList<LintFinding> Run(IEnumerable<string> keys)
    {
        HashSet<string> told = new(StringComparer.Ordinal);
        List<string> all = [.. keys];
        return [.. all.SelectMany(Run).Concat(SharedFiles(all)).Where(finding => told.Add(finding.Diagnostic.ToString()))];
    }

    // One finding per pair of tasks of which one is checked. Declared sharing (`same_source`) is known to the hold-out, as is sharing among shipped tasks.
    private List<LintFinding> SharedFiles(IReadOnlyList<string> keys)
    {
        List<LintFinding> findings = [];
        if (settings.Data.Count == 0 || settings.Disabled.Contains(LintCodes.SharedFile.Code, StringComparer.Ordinal)) return findings;

        var locator = new TaskLocator(settings.Data, settings.Lock, repairs: settings.Repairs);
        Dictionary<string, List<TaskDefinition>> readers = new(StringComparer.Ordinal);
        HashSet<(string, string)> pairs = [];
        var own = keys.Any(catalog.IsOwn);
        foreach (var key in own ? catalog.Keys.Except(keys, StringComparer.Ordinal).Concat(keys) : [])
        {
            foreach (var file in FilesOf(key, locator, out var task))
            {
                var id = FileIdentity.Of(file.Path);
                if (!readers.TryGetValue(id, out var others)) readers[id] = others = [];

                foreach (var other in others)
                {
                    var isKnown = other.Key == key || Names(task!, other) || Names(other, task!) || (!catalog.IsOwn(key) && !catalog.IsOwn(other.Key));
                    if (isKnown || !keys.Contains(key, StringComparer.Ordinal) || !pairs.Add((other.Key, key))) continue;

                    var diagnostic = new Diagnostic(
                        LintCodes.SharedFile.Code, LintCodes.SharedFile.Severity, $"The tasks '{other.Key}' and '{key}' read one file, {file.Label}.", KeyPlace.Find(task!, "layouts", null))
                    { Hint = $"Write `same_source: [{other.Key}]` when they read the same rows." };
                    findings.Add(new LintFinding(diagnostic, key, null, LintCodes.SharedFile));
                }

                others.Add(task!);
            }
        }

        return findings;
    }

    private List<SourceFile> FilesOf(string key, TaskLocator locator, out TaskDefinition? task)
    {
        task = null;
        try
        {
            var definition = task = catalog.Get(key);
            return
            [
                .. definition.Slices.Keys.Order().Select(role => locator.Find(definition, role)).OfType<TaskData>()
                    .SelectMany(data => data.Splits.Values).SelectMany(parts => parts).SelectMany(part => part.Files).DistinctBy(file => file.Path, StringComparer.Ordinal),
            ];
        }
        catch (DiagnosticException)
        {
            // Reported with the task itself.
            return [];
        }
    }

    private static bool Names(TaskDefinition task, TaskDefinition other) => task.SameSource.Any(name => name.Text == other.Key);

    /// <summary>Lints one task. Every error becomes a finding.</summary>
    public IReadOnlyList<LintFinding> Run(string key)
    {
        cancel.ThrowIfCancellationRequested();
        var findings = new FindingList(key);
        try
        {
            Look(catalog.Get(key), findings);
        }
        catch (DiagnosticException exception)
        {
            findings.AddAll(exception.Diagnostics);
        }

        return
        [
            .. findings.Findings
                .Where(finding => !settings.Disabled.Contains(finding.Diagnostic.Code, StringComparer.Ordinal))
                .OrderBy(finding => finding.Diagnostic.Span?.Source.Name, StringComparer.Ordinal)
                .ThenBy(finding => finding.Diagnostic.Span?.Start.Line)
                .ThenBy(finding => finding.Diagnostic.Span?.Start.Column)
                .ThenBy(finding => finding.Diagnostic.Code, StringComparer.Ordinal)
                .ThenBy(finding => finding.Diagnostic.Message, StringComparer.Ordinal),
        ];
    }

    private void Look(TaskDefinition task, FindingList findings)
    {
        var compiles = TaskRules.Compile(catalog, task, findings);
        TaskRules.CheckColumns(task, findings);
        TaskRules.CheckNames(task, findings);
        TaskRules.CheckForm(task, catalog.IsOwn(task.Key), findings);
        TaskRules.CheckReads(task, findings);
        OptionRules.Check(task, findings);
        WordingRules.Check(task, findings);
        foreach (var template in task.AllTemplates)
        {
            LiteralRules.Check(template, template.Input, findings);
            LiteralRules.Check(template, template.Target, findings);
            foreach (var text in template.Variants.SelectMany(variant => variant.Texts)) LiteralRules.Check(template, text, findings, isPart: true);
        }

        if (compiles && settings.Data.Count > 0) LookAtRows(task, findings);
    }

    private void LookAtRows(TaskDefinition task, FindingList findings)
    {
        // Only what a build would read: another layout may match some of the same file names, but is not used.
        var locator = new TaskLocator(settings.Data, settings.Lock, repairs: settings.Repairs);
        List<TaskData> found = [];
        foreach (var role in task.Slices.Keys.Order())
        {
            if (locator.Find(task, role) is { } data && !found.Exists(other => other.Layout.Name == data.Layout.Name && other.Folder == data.Folder))
                found.Add(data);
        }

        if (found.Count == 0) findings.Add(LintCodes.NoRows, $"No files of the task '{task.Key}' were found.", KeyPlace.Find(task, "layouts", null));

        var filters = settings.Filters?.Invoke(task.Key) ?? [];
        foreach (var data in found)
            new RowLinter(data, CompiledTask.Compile(task, data.Layout, [.. task.AllTemplates]), settings.Rows, findings, cancel) { ChecksSlices = catalog.IsOwn(task.Key), Filters = filters }.Run();
    }
}

/// <summary>What the linter checks.</summary>
public sealed record LintSettings
{
    /// <summary>Data roots in search order; empty to check only task files.</summary>
    public IReadOnlyList<string> Data { get; init; } = [];

    /// <summary>The commits of datasets in the hub's cache; null for the newest available.</summary>
    public HubLock? Lock { get; init; }

    /// <summary>A build's conditions on training and validation rows of a task, by its key, in addition to the task's own, such as the held-out rows. For a
    /// task with filters only rows of its slices are checked; null for all rows as they are.</summary>
    public Func<string, IReadOnlyList<IRowFilter>>? Filters { get; init; }

    /// <summary>Number of kept rows to check per split.</summary>
    public int Rows { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "must not be negative"); } = 200;

    /// <summary>Which errors in rows are repaired, overriding the layouts.</summary>
    public RepairChoices Repairs { get; init; }

    /// <summary>Codes not to report.</summary>
    public IReadOnlyList<string> Disabled { get; init; } = [];
}
