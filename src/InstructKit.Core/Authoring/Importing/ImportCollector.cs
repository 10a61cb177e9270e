using System.Text;
using InstructKit.Diagnostics;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing;

/// <summary>Gathers what the importers make. A task is only taken when its file can be read and compiled again.</summary>
internal sealed class ImportCollector
{
    private readonly List<ImportedFile> _files = [];
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly Dictionary<string, string> _origins = new(StringComparer.Ordinal);
    private readonly HashSet<string> _units = new(StringComparer.Ordinal);
    private int _leftOut;

    /// <summary>What was gathered; when nothing was, that is said, too.</summary>
    public ImportResult Result(IReadOnlyList<string> paths, string what)
    {
        if (_files.Count == 0 && _diagnostics.Count == 0)
            LeaveOut(ImportCodes.Nothing, $"There is nothing to import in {string.Join(", ", paths.Select(path => $"'{path}'"))}: {what}.");

        return new ImportResult(_files, _diagnostics) { LeftOutCount = _leftOut + _units.Count };
    }

    /// <summary>Reports that something is left out.</summary>
    /// <param name="code">Code of the reason.</param>
    /// <param name="message">The reason.</param>
    /// <param name="span">Where it is.</param>
    /// <param name="hint">What helps.</param>
    /// <param name="unit">What is left out, where it may be for several reasons; null when this is the only one.</param>
    public void LeaveOut(string code, string message, SourceSpan? span = null, string? hint = null, string? unit = null)
    {
        _diagnostics.Add(new Diagnostic(code, Severity.Error, message, span) { Hint = hint });
        if (unit is null) _leftOut++;
        else _units.Add(unit);
    }

    /// <summary>Reports something about what is imported.</summary>
    public void Remark(string code, string message, SourceSpan? span = null, string? hint = null) =>
        _diagnostics.Add(new Diagnostic(code, Severity.Warning, message, span) { Hint = hint });

    /// <summary>Reports that one thing is left out because of what a reader or a compiler found.</summary>
    public void LeaveOut(string code, string what, IReadOnlyList<Diagnostic> found)
    {
        _leftOut++;
        foreach (var one in found) _diagnostics.Add(new Diagnostic(code, Severity.Error, $"{what} {one.Code}: {one.Message}", one.Span) { Hint = one.Hint });
    }

    /// <summary>Takes a task, and its rows when it brings some.</summary>
    /// <param name="task">The task.</param>
    /// <param name="span">Where it comes from, for messages.</param>
    /// <param name="rows">Name, number and maker of its rows, or null.</param>
    public void Take(ImportedTask task, SourceSpan? span, (string Name, long Count, Func<byte[]> Content)? rows = null)
    {
        if (!_origins.TryAdd(task.Key, task.Origin))
        {
            LeaveOut(ImportCodes.SameName, $"The task '{task.Title}' would be called '{task.Key}' like the one from {_origins[task.Key]}.", span);
            return;
        }

        var yaml = TaskYaml.Write(task);
        if (task.Like is null && Check(task.Key, yaml, null) is { Count: > 0 } found)
        {
            _leftOut++;
            foreach (var one in found)
            {
                _diagnostics.Add(new Diagnostic(
                    ImportCodes.NoCounterpart, Severity.Error, $"The task '{task.Key}' cannot be written as a task file: {one.Code}: {one.Message}", span)
                { Hint = one.Hint });
            }

            return;
        }

        _files.Add(new ImportedFile($"{task.Key}.yaml", task.Key, task.Templates.Count, 0, () => Encoding.UTF8.GetBytes(yaml)));
        if (rows is { } some) _files.Add(new ImportedFile($"data/{task.Key}/{some.Name}", task.Key, 0, some.Count, some.Content));
    }

    /// <summary>What is wrong with a task that is like another one; empty when it can be read and compiled.</summary>
    /// <param name="task">The task.</param>
    /// <param name="parent">Path of the other one's file.</param>
    public static IReadOnlyList<Diagnostic> Check(ImportedTask task, string parent) => Check(task.Key, TaskYaml.Write(task), YamlFile.Load(parent));

    private static List<Diagnostic> Check(string key, string yaml, YamlMap? parent)
    {
        List<Diagnostic> found = [];
        try
        {
            var map = YamlFile.Parse(SourceText.FromText($"{key}.yaml", yaml));
            if (new TaskFile(key, parent?.Overlay(map) ?? map, null, null, [], found).Read() is { } task) _ = CompiledTask.Compile(task, task.Layouts[0]);
        }
        catch (DiagnosticException exception)
        {
            found.AddRange(exception.Diagnostics);
        }

        return found;
    }
}
