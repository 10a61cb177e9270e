using System.Text.RegularExpressions;
using InstructKit.Authoring.Importing.Python;
using InstructKit.Building.Selection;
using InstructKit.Sources.Files;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating;
using InstructKit.Templating.Settings;

namespace InstructKit.Authoring.Importing.Flan;

/// <summary>
/// Imports the patterns of FLAN's <c>templates.py</c> (google-research/FLAN, commit e9e4ec6): a dictionary from task keys to lists of pairs of input and
/// target, or of few-shot patterns (FLAN 2022), where <c>{field}</c> is a value of the row. The file is parsed, never executed. Errors in the file are reported but not repaired.
/// </summary>
public static partial class FlanImporter
{
    private const int Patterns = 10;
    private const string FewShotSuffix = "_fewshot";

    private static readonly string[] FewShotParts =
        ["inputs", "targets", "inputs_prefix", "targets_prefix", "x_y_delimiter", "example_separator", "final_suffix", "input_pattern", "in_template_mix"];

    // Their defaults where a pattern omits them, and how many of them have keys in a task file.
    private static readonly ExemplarSeparators FewShotDefaults = new(string.Empty, "\n\n", string.Empty, "\n\n\n", string.Empty);
    private const int AppliedParts = 6;

    [GeneratedRegex(@"\{([\p{L}\p{N}_]+)\}")]
    private static partial Regex Field { get; }

    [GeneratedRegex(@"\{[\p{L}\p{N}_]+\}\p{L}+|\\[nrt]")]
    private static partial Regex SlipText { get; }

    /// <summary>Imports files.</summary>
    /// <param name="paths">Files.</param>
    /// <param name="shipped">
    /// If a task of this catalogue has a key's name (or the key followed by <c>_</c> and more) and the patterns' fields, the import is
    /// <c>like</c> that task: rows, options and answer are that task's. Null: every import is independent, with a column for each field.
    /// </param>
    /// <exception cref="DiagnosticException">Something cannot be read (IK2017).</exception>
    public static ImportResult Import(IReadOnlyList<string> paths, TaskRegistry? shipped = null)
    {
        var collector = new ImportCollector();
        collector.ImportEach(paths, path => Import(PythonFile.Read(TextFile.Load(path)), shipped, collector));
        return collector.Result(paths, "no dictionary of lists of pairs");
    }

    private static void Import(PythonFile file, TaskRegistry? shipped, ImportCollector collector)
    {
        collector.LeaveOut(file.Broken);
        foreach (var skipped in file.Skipped)
            collector.Remark(ImportCodes.NotApplied, "This statement is not an assignment of a literal; what it does to the patterns is not known.", skipped);

        Dictionary<string, List<(PythonExpression Key, PythonExpression Value)>> tables = new(StringComparer.Ordinal);
        foreach (var assignment in file.Assignments)
        {
            if (assignment.Key is { } key) Assign(tables, assignment, key, collector);
            else if (assignment.Value is PythonExpression.Mapping dictionary) tables[assignment.Name] = EntriesOf(dictionary, collector);
        }

        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach (var (table, entries) in tables)
        {
            foreach (var (key, value) in entries)
            {
                if (key is not PythonExpression.Text name)
                    collector.LeaveOut(ImportCodes.WrongForm, $"A key of {table} is a string, found {PythonFile.NounOf(key)}.", key.Span);
                else if (Resolve(tables, value) is not { } list)
                    collector.LeaveOut(ImportCodes.WrongForm, $"'{name.Content}' of {table} names patterns that the file does not define.", value.Span);
                else
                    Take(name, table, ReadPatterns(name.Content, list, collector), shipped, taken, collector);
            }
        }
    }

    // As in Python the last value of a duplicate key wins.
    private static List<(PythonExpression Key, PythonExpression Value)> EntriesOf(PythonExpression.Mapping dictionary, ImportCollector collector)
    {
        List<(PythonExpression Key, PythonExpression Value)> entries = [];
        foreach (var entry in dictionary.Entries)
        {
            if (Put(entries, entry.Key, entry.Value))
                collector.Remark(ImportCodes.Slip, $"The key '{((PythonExpression.Text)entry.Key).Content}' occurs twice; as in Python the last value counts.", entry.Key.Span);
        }

        return entries;
    }

    // True when the key was there before.
    private static bool Put(List<(PythonExpression Key, PythonExpression Value)> entries, PythonExpression key, PythonExpression value)
    {
        var at = IndexOf(entries, key);
        if (at < 0) entries.Add((key, value));
        else entries[at] = (key, value);

        return at >= 0;
    }

    private static int IndexOf(List<(PythonExpression Key, PythonExpression Value)> entries, PythonExpression key) =>
        entries.FindIndex(entry => entry.Key is PythonExpression.Text one && key is PythonExpression.Text other && one.Content == other.Content);

    // NAME["key"] = patterns, or = NAME["another key"].
    private static void Assign(
        Dictionary<string, List<(PythonExpression Key, PythonExpression Value)>> tables, PythonAssignment assignment, PythonExpression key, ImportCollector collector)
    {
        if (!tables.TryGetValue(assignment.Name, out var table))
        {
            collector.Remark(ImportCodes.NotApplied, $"'{assignment.Name}' is not a dictionary of this file; the assignment to an item of it is not read.", assignment.Span);
            return;
        }

        Put(table, key, Resolve(tables, assignment.Value) ?? assignment.Value);
    }

    // What a reference to a key, or a copy of one, refers to; null if unknown.
    private static PythonExpression? Resolve(Dictionary<string, List<(PythonExpression Key, PythonExpression Value)>> tables, PythonExpression value) => value switch
    {
        PythonExpression.Call { Arguments: [var original], Keywords.Count: 0 } call when PythonFile.NameOf(call.Function) is "copy.copy" or "copy.deepcopy" or "list" => Resolve(tables, original),
        PythonExpression.Item { Key: PythonExpression.Text key } item when PythonFile.NameOf(item.Owner) is { } name => tables.TryGetValue(name, out var table)
            ? table.ElementAtOrDefault(IndexOf(table, key)).Value
            : null,
        _ => value,
    };

    private static void Take(PythonExpression.Text name, string table, List<FlanPattern> patterns, TaskRegistry? shipped, HashSet<string> taken, ImportCollector collector)
    {
        // Patterns with prefixes and separators for exemplars are in a separate list in FLAN 2022.
        foreach (var group in patterns.GroupBy(pattern => pattern.Separators is not null))
        {
            List<FlanPattern> some = [.. group];
            var suffix = group.Key ? FewShotSuffix : string.Empty;
            if (!taken.Add(name.Content + suffix)) suffix = $"_{table.ToLowerInvariant()}";

            var like = shipped is null ? [] : FlanTemplateMerger.Tasks(name.Content, suffix, some, shipped, collector);
            if (shipped is not null && like.Count == 0)
                collector.Remark(ImportCodes.NotApplied, $"'{name.Content}' stays independent: no shipped task has its name and its fields.", name.Span);

            foreach (var task in like.Count > 0 ? like : [MakeTask(name, suffix, some, collector)]) collector.Take(task, name.Span);
        }
    }

    private static List<FlanPattern> ReadPatterns(string key, PythonExpression value, ImportCollector collector)
    {
        List<FlanPattern> patterns = [];
        if (value is not PythonExpression.Display list)
        {
            collector.LeaveOut(
                ImportCodes.NoCounterpart,
                PythonFile.Computed(value) is { } computed ? $"'{key}' cannot be read. {computed.Message}" : $"'{key}' must be a list of pairs of input and target, found {PythonFile.NounOf(value)}.",
                value.Span with { Length = 1 });
            return patterns;
        }

        for (var i = 0; i < list.Items.Count; i++)
        {
            var what = string.Create(CultureInfo.InvariantCulture, $"Pattern {i} of '{key}'");
            if (ReadPattern(i, list.Items[i]) is not { } pattern)
            {
                if (ComputedIn(list.Items[i]) is { } computed)
                    collector.LeaveOut(ImportCodes.WrongForm, $"{what} cannot be read. {computed.Message}", computed.Span);
                else
                    collector.LeaveOut(ImportCodes.WrongForm, $"{what} must be a pair of strings, found {PythonFile.NounOf(list.Items[i])}.", list.Items[i].Span with { Length = 1 });
            }
            else if (patterns.Find(other => other.Input.Content == pattern.Input.Content && other.Target.Content == pattern.Target.Content && other.Separators == pattern.Separators) is { } copy)
            {
                collector.LeaveOut(ImportCodes.SameTemplate, string.Create(CultureInfo.InvariantCulture, $"{what} is the same as pattern {copy.Index}."), pattern.Input.Span);
            }
            else if (Unreadable(pattern) is { Count: > 0 } found)
            {
                collector.LeaveOut(ImportCodes.BadTemplate, $"{what} cannot be read.", [.. found.Select(one => one with { Span = pattern.Input.Span })]);
            }
            else
            {
                patterns.Add(pattern);
                ReportSlips(what, pattern.Input, collector);
                ReportSlips(what, pattern.Target, collector);
                foreach (var (part, given) in pattern.Rest.Where(part => part.Value is PythonExpression.Text))
                    collector.Remark(ImportCodes.NotApplied, $"{what} has '{part}', which the import does not apply; it is kept under 'metadata'.", given.Span);
            }
        }

        if (list.Items.Count != Patterns)
            collector.Remark(ImportCodes.Slip, string.Create(CultureInfo.InvariantCulture, $"'{key}' has {list.Items.Count} patterns; FLAN has {Patterns}."), list.Span with { Length = 1 });

        return patterns;
    }

    private static Diagnostic? ComputedIn(PythonExpression value) => PythonFile.Computed(value) ?? (value switch
    {
        PythonExpression.Display pair => pair.Items,
        PythonExpression.Call call => call.Arguments.Concat(call.Keywords.Select(keyword => keyword.Value)),
        _ => [],
    }).Select(PythonFile.Computed).FirstOrDefault(found => found is not null);

    // A pair of strings, or a call that creates a few-shot pattern of FLAN 2022.
    private static FlanPattern? ReadPattern(int index, PythonExpression item)
    {
        if (item is PythonExpression.Display { Items: [PythonExpression.Text input, PythonExpression.Text target] })
            return new FlanPattern(index, input, target, FieldsOf(input), FieldsOf(target));

        if (item is not PythonExpression.Call call || PythonFile.Computed(call) is not null || !call.Function.Span.Text.EndsWith("FewShotPattern", StringComparison.Ordinal)) return null;

        if (call.Argument(FewShotParts[0], 0) is not PythonExpression.Text inputs || call.Argument(FewShotParts[1], 1) is not PythonExpression.Text targets) return null;

        List<string> applied = [];
        for (var i = 2; i < AppliedParts; i++)
        {
            switch (call.Argument(FewShotParts[i], i))
            {
                case null: applied.Add(i switch { 4 => FewShotDefaults.Between, 5 => FewShotDefaults.Separator, _ => string.Empty }); break;
                case PythonExpression.Text text: applied.Add(text.Content); break;
                default: return null;
            }
        }

        return new FlanPattern(index, inputs, targets, FieldsOf(inputs), FieldsOf(targets))
        {
            Separators = new ExemplarSeparators(applied[0], applied[2], applied[1], applied[3], string.Empty),
            Rest = [.. FewShotParts.Skip(AppliedParts).Select((part, i) => (part, call.Argument(part, i + AppliedParts)!)).Where(part => part.Item2 is not null)],
        };
    }

    private static IReadOnlyList<Diagnostic> Unreadable(FlanPattern pattern)
    {
        var options = TemplateOptions.For(Dialect.Flan);
        return Template.TryParse(SourceText.FromText(string.Empty, pattern.Input.Content), options, out _, out var input)
            && Template.TryParse(SourceText.FromText(string.Empty, pattern.Target.Content), options, out _, out input) ? [] : input;
    }

    private static void ReportSlips(string what, PythonExpression.Text text, ImportCollector collector)
    {
        foreach (Match slip in SlipText.Matches(text.Content))
        {
            collector.Remark(
                ImportCodes.Slip,
                slip.Value[0] == '\\' ? $"{what} has the two characters '{slip.Value}' where a line end or tab was meant." : $"{what} has letters stuck to a field: '{slip.Value}'.",
                text.Span,
                "It is imported as written.");
        }
    }

    private static List<string> FieldsOf(PythonExpression.Text text) => [.. Field.Matches(text.Content).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal)];

    private static ImportedTask MakeTask(PythonExpression.Text name, string suffix, List<FlanPattern> patterns, ImportCollector collector)
    {
        var answer = FlanPattern.AnswerOf(patterns);
        var fields = patterns.SelectMany(pattern => pattern.InputFields.Concat(pattern.TargetFields)).Distinct(StringComparer.Ordinal).ToList();
        var hasOptions = fields.Exists(IsOptions);
        if (answer is null) collector.Remark(ImportCodes.Slip, $"No target of '{name.Content}' has a field.", name.Span);

        return new ImportedTask
        {
            Key = TaskKey.Of(name.Content + suffix),
            Title = name.Content,
            Origin = $"FLAN's templates, {name.Content}",
            Columns = [.. fields.Where(field => !IsOptions(field)).Select(field => (field, "string")), .. hasOptions && !fields.Contains("options") ? [("options", "list")] : Array.Empty<(string, string)>()],
            Layouts = ImportedLayout.Usual(null, null, TaskFile.RoleNames),
            Slices = [.. TaskFile.RoleNames.Select(split => (split, split))],
            OptionsExpression = hasOptions ? "options" : null,
            Answer = answer ?? "''",
            Metrics = hasOptions ? ["accuracy"] : [],
            Templates = [.. patterns.Select(pattern => pattern.ToTemplate(answer))],
        };
    }

    private static bool IsOptions(string field) => OptionsBlock.Names.Contains(field, StringComparer.Ordinal);
}
