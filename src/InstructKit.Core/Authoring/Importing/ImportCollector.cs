using System.Text.Json;
using InstructKit.Sources.Files;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing;

/// <summary>Collects the importers' results. A task is only accepted if its file can be read and compiled.</summary>
internal sealed class ImportCollector
{
    private readonly List<ImportedFile> _files = [];
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly Dictionary<string, string> _origins = new(StringComparer.Ordinal);
    private readonly HashSet<string> _units = new(StringComparer.Ordinal);
    private int _leftOut;

    /// <summary>The collected result; an empty one is reported, too.</summary>
    public ImportResult Result(IReadOnlyList<string> paths, string what)
    {
        if (_files.Count == 0 && _diagnostics.Count == 0)
            LeaveOut(ImportCodes.Nothing, $"There is nothing to import in {string.Join(", ", paths.Select(path => $"'{path}'"))}: {what}.");

        return new ImportResult(_files, _diagnostics) { LeftOutCount = _leftOut + _units.Count };
    }

    /// <summary>Reports an omission.</summary>
    /// <param name="code">Code of the reason.</param>
    /// <param name="message">The reason.</param>
    /// <param name="hint">What helps.</param>
    /// <param name="unit">The omitted item, if it may have several reasons; null if this is the only one.</param>
    public void LeaveOut(string code, string message, SourceSpan? span = null, string? hint = null, string? unit = null)
    {
        _diagnostics.Add(new Diagnostic(code, Severity.Error, message, span) { Hint = hint });
        if (unit is null) _leftOut++;
        else _units.Add(unit);
    }

    /// <summary>Reports something about what is imported.</summary>
    public void Remark(string code, string message, SourceSpan? span = null, string? hint = null) =>
        _diagnostics.Add(new Diagnostic(code, Severity.Warning, message, span) { Hint = hint });

    /// <summary>Reports that one item is omitted because of a parser's or compiler's diagnostics.</summary>
    public void LeaveOut(string code, string what, IReadOnlyList<Diagnostic> found)
    {
        _leftOut++;
        foreach (var one in found) _diagnostics.Add(one with { Code = code, Severity = Severity.Error, Message = $"{what} {one.Code}: {one.Message}" });
    }

    /// <summary>Reports omissions separately.</summary>
    public void LeaveOut(IEnumerable<Diagnostic> found)
    {
        foreach (var one in found) LeaveOut(one.Code, one.Message, one.Span, one.Hint);
    }

    /// <summary>Runs a step; null if its input is invalid, which is reported and omitted by itself.</summary>
    /// <param name="what">What cannot be read in that case, one sentence.</param>
    /// <param name="place">Where to report it; null for the findings' own positions.</param>
    /// <exception cref="DiagnosticException">A file cannot be read at all (IK2017).</exception>
    public T? Try<T>(Func<T> step, string code, string what, SourceSpan? place = null)
        where T : class
    {
        try
        {
            return step();
        }
        catch (DiagnosticException exception) when (!TextFile.IsUnreadable(exception))
        {
            LeaveOut(code, what, place is null ? exception.Diagnostics : [.. exception.Diagnostics.Select(one => one with { Span = place })]);
            return null;
        }
    }

    /// <summary>Imports the files in turn; errors in one are reported and omitted, and the others are still imported.</summary>
    /// <exception cref="DiagnosticException">A file cannot be read at all (IK2017).</exception>
    public void ImportEach(IEnumerable<string> files, Action<string> import)
    {
        foreach (var file in files)
        {
            try
            {
                import(file);
            }
            catch (DiagnosticException exception) when (!TextFile.IsUnreadable(exception))
            {
                LeaveOut(exception.Diagnostics);
            }
        }
    }

    /// <summary>Adds a task, and its rows if it has any.</summary>
    /// <param name="span">Where it comes from, for messages.</param>
    /// <param name="rows">Name, number and source of its rows, or null.</param>
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
            LeaveOut(ImportCodes.NoCounterpart, $"The task '{task.Key}' cannot be written as a task file:", [.. found.Select(one => one with { Span = span })]);
            return;
        }

        _files.Add(new ImportedFile($"{task.Key}.yaml", task.Key, task.Templates.Count, 0, () => Encoding.UTF8.GetBytes(yaml)));
        if (rows is { } some) _files.Add(new ImportedFile($"data/{task.Key}/{some.Name}", task.Key, 0, some.Count, some.Content));
    }

    /// <summary>Errors of a task that is like another one; empty if it can be read and compiled.</summary>
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

/// <summary>The files that paths refer to, and where one is wrong.</summary>
internal static class ImportFiles
{
    /// <summary>The error for a text that is not JSON, at its position (IK9001).</summary>
    public static Diagnostic NotJson(SourceText source, JsonException exception)
    {
        var start = 0;
        for (long line = 0; line < exception.LineNumber; line++) start = source.Text.IndexOf('\n', start) + 1;

        // The position on the line is in bytes.
        var before = Encoding.UTF8.GetBytes(source.Text[start..]).AsSpan();
        before = before[..(int)Math.Min(before.Length, exception.BytePositionInLine ?? 0)];
        return new Diagnostic(ImportCodes.Unreadable, Severity.Error, "Not valid JSON.", new SourceSpan(source, start + Encoding.UTF8.GetCharCount(before), 0));
    }

    /// <summary>The files of a pattern below a folder, or in it, in ordinal order; any other path is unchanged.</summary>
    public static string[] In(string path, string pattern, SearchOption depth = SearchOption.AllDirectories)
    {
        string[] files = Directory.Exists(path) ? Directory.GetFiles(path, pattern, depth) : [path];
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }
}

/// <summary>Codes of omissions of an import, and of its remarks.</summary>
public static class ImportCodes
{
    /// <summary>The file is not in the importer's format.</summary>
    public const string Unreadable = "IK9001";

    /// <summary>A field is missing, or has the wrong type.</summary>
    public const string WrongForm = "IK9002";

    /// <summary>Python code that would have to be executed.</summary>
    public const string PythonCode = "IK9003";

    /// <summary>A group of tasks, which has no rows and no template of its own.</summary>
    public const string Group = "IK9004";

    /// <summary>Something that has no counterpart here.</summary>
    public const string NoCounterpart = "IK9005";

    /// <summary>A text that is not a template of its dialect.</summary>
    public const string BadTemplate = "IK9006";

    /// <summary>A template identical to an earlier one.</summary>
    public const string SameTemplate = "IK9007";

    /// <summary>Two tasks, or two templates, that would have the same name.</summary>
    public const string SameName = "IK9008";

    /// <summary>A file that would be replaced.</summary>
    public const string FileExists = "IK9009";

    /// <summary>An error in the source: reported, not repaired.</summary>
    public const string Slip = "IK9010";

    /// <summary>A setting that is kept for information only.</summary>
    public const string NotApplied = "IK9011";

    /// <summary>Nothing to import was found.</summary>
    public const string Nothing = "IK9012";
}
