using InstructKit.Diagnostics;
using InstructKit.Tasks;
using InstructKit.Templates;

namespace InstructKit.Auditing.Linting;

/// <summary>Looks for what is wrong or doubtful in tasks and their templates: in the files alone, and over rows where there are any.</summary>
/// <param name="catalog">Where the tasks are.</param>
/// <param name="settings">What to look at.</param>
public sealed class Linter(TaskFiles catalog, LintSettings settings)
{
    /// <summary>Lints tasks. Findings come in the order of the keys, then of file, place and code; what two tasks share is told once.</summary>
    public IReadOnlyList<LintFinding> Run(IEnumerable<string> keys)
    {
        HashSet<string> told = new(StringComparer.Ordinal);
        return [.. keys.SelectMany(Run).Where(finding => told.Add(finding.Diagnostic.ToString()))];
    }

    /// <summary>Lints one task. Whatever is wrong with it becomes a finding.</summary>
    public IReadOnlyList<LintFinding> Run(string key)
    {
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
        foreach (var template in task.Templates)
        {
            LiteralRules.Check(template, template.Input, findings);
            LiteralRules.Check(template, template.Target, findings);
        }

        if (compiles && settings.Data.Count > 0) LookAtRows(task, findings);
    }

    private void LookAtRows(TaskDefinition task, FindingList findings)
    {
        // What a build would read: another layout may fit some of the same file names and is not used either.
        var locator = new TaskLocator(settings.Data, repairs: settings.Repairs);
        List<TaskData> found = [];
        foreach (var role in task.Slices.Keys.Order())
        {
            if (locator.Find(task, role) is { } data && !found.Exists(other => other.Layout.Name == data.Layout.Name && other.Folder == data.Folder))
                found.Add(data);
        }

        if (found.Count == 0) findings.Add(LintCodes.NoRows, $"No files of the task '{task.Key}' were found.", KeyPlace.Find(task, "layouts", null));

        foreach (var data in found) new RowLinter(data, CompiledTask.Compile(task, data.Layout), settings.Rows, findings) { ChecksSlices = catalog.IsOwn(task.Key) }.Run();
    }
}
