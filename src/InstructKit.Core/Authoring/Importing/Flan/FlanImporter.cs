using System.Globalization;
using System.Text.RegularExpressions;
using InstructKit.Authoring.Importing.Python;
using InstructKit.Building;
using InstructKit.Diagnostics;
using InstructKit.Sources.Files;
using InstructKit.Templates;

namespace InstructKit.Authoring.Importing.Flan;

/// <summary>
/// Imports the patterns of FLAN's <c>templates.py</c> (google-research/FLAN, commit e9e4ec6): a dictionary from task keys to lists of pairs of input and
/// target, where <c>{field}</c> is a value of the row. The file is read, never run. Slips of the file are reported and not repaired.
/// </summary>
public static partial class FlanImporter
{
    private const int Patterns = 10;
    private static readonly string[] Splits = ["train", "validation", "test"];

    [GeneratedRegex(@"\{([\p{L}\p{N}_]+)\}")]
    private static partial Regex Field { get; }

    [GeneratedRegex(@"\{[\p{L}\p{N}_]+\}\p{L}+|\\[nrt]")]
    private static partial Regex SlipText { get; }

    /// <summary>Imports files.</summary>
    /// <param name="paths">Files.</param>
    /// <param name="shipped">
    /// Where a task of this catalogue is called like a key (or like the key with <c>_</c> and more behind it) and has all fields of the patterns, the import
    /// is <c>like</c> that task: rows, options and answer are its own. Null: every import stands alone, with a column for each field.
    /// </param>
    /// <exception cref="DiagnosticException">Something cannot be read (IK2017).</exception>
    public static ImportResult Import(IReadOnlyList<string> paths, TaskRegistry? shipped = null)
    {
        var collector = new ImportCollector();
        foreach (var path in paths)
        {
            try
            {
                Import(PythonFile.Read(TextFile.Load(path)), shipped, collector);
            }
            catch (DiagnosticException exception) when (!TextFile.IsUnreadable(exception))
            {
                foreach (var one in exception.Diagnostics) collector.LeaveOut(one.Code, one.Message, one.Span, one.Hint);
            }
        }

        return collector.Result(paths, "no dictionary of lists of pairs");
    }

    private static void Import(PythonFile file, TaskRegistry? shipped, ImportCollector collector)
    {
        foreach (var skipped in file.Skipped)
            collector.Remark(ImportCodes.NotApplied, "This statement is no assignment of a literal; what it does to the patterns is not known.", skipped);

        foreach (var assignment in file.Assignments)
        {
            if (assignment.Value is not PythonValue.Dictionary dictionary) continue;

            foreach (var (key, value) in dictionary.Entries)
            {
                if (key is not PythonValue.Text name)
                    collector.LeaveOut(ImportCodes.WrongForm, $"A key of {assignment.Name} is a string, found {key.Noun}.", key.Span);
                else if (ReadPatterns(name.Content, value, collector) is { Count: > 0 } patterns)
                    Take(name, patterns, shipped, collector);
            }
        }
    }

    private static void Take(PythonValue.Text name, List<FlanPattern> patterns, TaskRegistry? shipped, ImportCollector collector)
    {
        var like = shipped is null ? [] : FlanTemplateMerger.Tasks(name.Content, patterns, shipped);
        if (shipped is not null && like.Count == 0)
            collector.Remark(ImportCodes.NotApplied, $"'{name.Content}' stands alone: no shipped task has its name and all its fields.", name.Span);

        foreach (var task in like.Count > 0 ? like : [MakeTask(name, patterns, collector)]) collector.Take(task, name.Span);
    }

    private static List<FlanPattern> ReadPatterns(string key, PythonValue value, ImportCollector collector)
    {
        List<FlanPattern> patterns = [];
        if (value is not PythonValue.Sequence list)
        {
            collector.LeaveOut(ImportCodes.NoCounterpart, $"'{key}' is to be a list of pairs of input and target, found {value.Noun}.", value.Span with { Length = 1 });
            return patterns;
        }

        for (var i = 0; i < list.Items.Count; i++)
        {
            var what = string.Create(CultureInfo.InvariantCulture, $"Pattern {i} of '{key}'");
            if (list.Items[i] is not PythonValue.Sequence { Items: [PythonValue.Text input, PythonValue.Text target] })
            {
                collector.LeaveOut(ImportCodes.WrongForm, $"{what} is to be a pair of strings.", list.Items[i].Span with { Length = 1 });
            }
            else if (patterns.Find(other => other.Input.Content == input.Content && other.Target.Content == target.Content) is { } copy)
            {
                collector.LeaveOut(ImportCodes.SameTemplate, string.Create(CultureInfo.InvariantCulture, $"{what} is the same as pattern {copy.Index}."), input.Span);
            }
            else
            {
                patterns.Add(new FlanPattern(i, input, target, FieldsOf(input), FieldsOf(target)));
                ReportSlips(what, input, collector);
                ReportSlips(what, target, collector);
            }
        }

        if (list.Items.Count != Patterns)
            collector.Remark(ImportCodes.Slip, string.Create(CultureInfo.InvariantCulture, $"'{key}' has {list.Items.Count} patterns; FLAN has {Patterns}."), list.Span with { Length = 1 });

        return patterns;
    }

    private static void ReportSlips(string what, PythonValue.Text text, ImportCollector collector)
    {
        foreach (Match slip in SlipText.Matches(text.Content))
        {
            collector.Remark(
                ImportCodes.Slip,
                slip.Value[0] == '\\' ? $"{what} has the two characters '{slip.Value}' where a line end or tab was meant." : $"{what} has letters stuck to a field: '{slip.Value}'.",
                text.Span,
                "It is imported as it stands.");
        }
    }

    private static List<string> FieldsOf(PythonValue.Text text) => [.. Field.Matches(text.Content).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal)];

    private static ImportedTask MakeTask(PythonValue.Text name, List<FlanPattern> patterns, ImportCollector collector)
    {
        var answer = FlanPattern.AnswerOf(patterns);
        var fields = patterns.SelectMany(pattern => pattern.InputFields.Concat(pattern.TargetFields)).Distinct(StringComparer.Ordinal).ToList();
        var hasOptions = fields.Exists(IsOptions);
        if (answer is null) collector.Remark(ImportCodes.Slip, $"No target of '{name.Content}' has a field.", name.Span);

        return new ImportedTask
        {
            Key = TaskKey.Of(name.Content),
            Title = name.Content,
            Origin = $"FLAN's templates, {name.Content}",
            Columns = [.. fields.Where(field => !IsOptions(field)).Select(field => (field, "string")), .. hasOptions && !fields.Contains("options") ? [("options", "list")] : Array.Empty<(string, string)>()],
            Layouts = ImportedLayout.Usual(null, null, Splits),
            Slices = [.. Splits.Select(split => (split, split))],
            OptionsExpression = hasOptions ? "options" : null,
            Answer = answer ?? "''",
            Metrics = hasOptions ? ["accuracy"] : [],
            Templates = [.. patterns.Select(pattern => pattern.ToTemplate(answer))],
        };
    }

    private static bool IsOptions(string field) => OptionsBlock.Names.Contains(field, StringComparer.Ordinal);
}
