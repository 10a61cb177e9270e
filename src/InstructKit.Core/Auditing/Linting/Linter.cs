using InstructKit.Examples;
using InstructKit.Sources;
using InstructKit.Tasks;
using InstructKit.Templates;

namespace InstructKit.Auditing.Linting;

/// <summary>Looks for what is wrong or doubtful in tasks and their templates: in the files alone, and over rows where there are any.</summary>
/// <param name="catalog">Where the tasks are.</param>
/// <param name="settings">What to look at.</param>
/// <param name="cancel">Ends it with an <see cref="OperationCanceledException"/>.</param>
public sealed class Linter(TaskFiles catalog, LintSettings settings, CancellationToken cancel = default)
{
    /// <summary>Lints tasks. Findings come in the order of the keys, then of file, place and code; what two tasks share is reported once.</summary>
    public IReadOnlyList<LintFinding> Run(IEnumerable<string> keys)
    {
        HashSet<string> told = new(StringComparer.Ordinal);
        List<string> all = [.. keys];
        return [.. all.SelectMany(Run).Concat(SharedFiles(all)).Where(finding => told.Add(finding.Diagnostic.ToString()))];
    }

    // One finding for each pair of tasks of which one is checked. What a task declares (`same_source`) is known to the hold-out, as is what shipped ones share.
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

    /// <summary>Lints one task. Whatever is wrong with it becomes a finding.</summary>
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
        // What a build would read: another layout may fit some of the same file names and is not used either.
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

/// <summary>What the linter looks at.</summary>
public sealed record LintSettings
{
    /// <summary>Data roots in the order of trying; none to look at task files alone.</summary>
    public IReadOnlyList<string> Data { get; init; } = [];

    /// <summary>At which commits datasets of the hub's cache are taken; null for the newest that are there.</summary>
    public HubLock? Lock { get; init; }

    /// <summary>What a build asks of the training and validation rows of a task, by its key, beside the task's own conditions, such as the held-out rows. For a
    /// task with filters only rows of its slices are looked at; null for all rows as they lie.</summary>
    public Func<string, IReadOnlyList<IRowFilter>>? Filters { get; init; }

    /// <summary>Kept rows to look at in each split.</summary>
    public int Rows { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "must not be negative"); } = 200;

    /// <summary>Which errors in rows are repaired, whatever the layouts say.</summary>
    public RepairChoices Repairs { get; init; }

    /// <summary>Codes not to report.</summary>
    public IReadOnlyList<string> Disabled { get; init; } = [];
}
