using System.Text.RegularExpressions;
using InstructKit.Building.Selection;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.Flan;

/// <summary>Applies FLAN's patterns to the tasks of a catalogue, whose layouts know where the rows are.</summary>
internal static class FlanTemplateMerger
{
    private const string Suffix = "_flan";
    private static readonly string[] Replaced = ["task", "like", "title", "folders", "cluster", "same_source", "templates", "variants"];

    /// <summary>
    /// A task for each catalogue task that the key refers to and that has a pattern's fields: the one of that name, otherwise those of which it is the
    /// common prefix (FLAN has one list of patterns for all rounds of ANLI, both sets of ARC and both of MNLI). A pattern with a field that the rows do
    /// not have is omitted.
    /// </summary>
    /// <param name="key">Key of the patterns.</param>
    /// <param name="suffix">Suffix of the imported task's name in addition to <c>_flan</c>.</param>
    /// <param name="shipped">The catalogue.</param>
    /// <param name="collector">Where omitted patterns are reported.</param>
    public static IReadOnlyList<ImportedTask> Tasks(string key, string suffix, IReadOnlyList<FlanPattern> patterns, TaskRegistry shipped, ImportCollector collector)
    {
        IEnumerable<string> meant = shipped.Tasks.Contains(key) ? [key] : shipped.Tasks.Keys.Where(one => one.StartsWith($"{key}_", StringComparison.Ordinal));
        return [.. meant.Select(one => Make(one, suffix, patterns, shipped, collector)).OfType<ImportedTask>()];
    }

    private static ImportedTask? Make(string key, string suffix, IReadOnlyList<FlanPattern> patterns, TaskRegistry shipped, ImportCollector collector)
    {
        var task = shipped.Tasks.Get(key);
        var file = YamlFile.Load(shipped.Tasks.PathOf(key));
        var whole = task.Like is null ? file : YamlFile.Load(shipped.Tasks.PathOf(task.Like)).Overlay(file);
        var made = FlanFields.Of(key);
        // An absent value prints nothing there.
        made = [.. made, .. task.Columns.Where(column => column.Nullable && made.All(field => field.Field != column.Name) && patterns.Any(pattern => pattern.Fields.Contains(column.Name)))
            .Select(column => (column.Name, $"'' if {column.Name} is none else {column.Name}"))];
        var known = task.Columns.Select(column => column.Name).Concat(task.Fields.Select(field => field.Name)).Concat(made.Select(field => field.Field))
            .Concat(task.Answer is null && task.Answers is null ? [] : ["answer"]).Concat(task.IsClassification ? OptionsBlock.Names.Append("options") : []).ToHashSet(StringComparer.Ordinal);
        var bound = patterns.Where(pattern => pattern.Fields.All(known.Contains)).ToList();
        var answer = FlanPattern.AnswerOf(patterns);
        if (!bound.Exists(pattern => pattern.KindFor(answer) == TemplateKind.Direct)) return null;

        foreach (var pattern in patterns.Except(bound))
        {
            var missing = pattern.Fields.First(field => !known.Contains(field));
            collector.LeaveOut(ImportCodes.NoCounterpart, $"Pattern {pattern.Index} of '{key}' reads '{missing}', which the rows of the shipped task do not have.", pattern.Input.Span);
        }

        // A task can only be `like` one with its own templates. One that borrows them is replaced by the task it borrows from, and its own keys are copied.
        List<YamlEntry> own = task.Like is null ? [] : [.. file.Entries.Where(entry => !Replaced.Contains(entry.Key.Text, StringComparer.Ordinal))];
        var hidden = HiddenIn(whole.Find("keep_if"), task, made);
        if (made.Count > 0) Set(own, "fields", Merged(whole, made, hidden));

        if (hidden.Count > 0) Set(own, "keep_if", Renamed(whole.Find("keep_if")!, hidden));

        if (answer is not (null or "answer") && answer != task.Answer?.Text.Trim()) Set(own, "answer", Scalar(whole, answer));

        return new ImportedTask
        {
            Key = key + Suffix + suffix,
            Title = $"{task.Title}, FLAN's own patterns",
            Origin = $"FLAN's templates, {key}",
            Like = task.Like ?? key,
            Own = own.Count == 0 ? null : file with { Entries = own },
            Folders = [.. task.Folders.Prepend(key).Distinct(StringComparer.Ordinal)],
            SameSource = key,
            Clusters = shipped.Schemes[0].Of(key) is { } cluster ? [cluster.Key] : [],
            Templates = [.. bound.Select(pattern => pattern.ToTemplate(answer))],
        };
    }

    private static string SourceOf(string column) => $"source_{column}";

    // Columns that conditions read and that a field of FLAN's name hides from them.
    private static List<string> HiddenIn(YamlNode? conditions, TaskDefinition task, IReadOnlyList<(string Field, string Expression)> made) =>
    [
        .. made.Select(field => field.Field).Where(field => task.Columns.Any(column => column.Name == field))
            .Where(column => TextsOf(conditions).Any(text => Regex.IsMatch(text, Word(column)))),
    ];

    private static string Word(string name) => $@"(?<![\w.'""]){Regex.Escape(name)}(?![\w'""])";

    private static IEnumerable<string> TextsOf(YamlNode? node) => node switch
    {
        YamlScalar scalar => [scalar.Text],
        YamlMap map => map.Entries.Select(entry => entry.Value).OfType<YamlScalar>().Select(scalar => scalar.Text),
        _ => [],
    };

    private static YamlNode Renamed(YamlNode node, List<string> hidden) => node switch
    {
        YamlScalar scalar => new YamlScalar(hidden.Aggregate(scalar.Text, (text, column) => Regex.Replace(text, Word(column), SourceOf(column))), ScalarForm.DoubleQuoted, scalar.Span),
        YamlMap map => map with { Entries = [.. map.Entries.Select(entry => new YamlEntry(entry.Key, Renamed(entry.Value, hidden)))] },
        _ => node,
    };

    // The task's own fields come first: those with FLAN's names derive from them and may hide a column.
    private static YamlMap Merged(YamlMap whole, IReadOnlyList<(string Field, string Expression)> made, List<string> hidden)
    {
        var fields = whole.Find("fields") as YamlMap ?? new YamlMap([], whole.Span);
        var ours = fields.Entries.Where(entry => made.All(field => field.Field != entry.Key.Text));
        return new YamlMap([.. hidden.Select(column => new YamlEntry(Scalar(whole, SourceOf(column)), Scalar(whole, column))), .. ours, .. made.Select(field => new YamlEntry(Scalar(whole, field.Field), Scalar(whole, field.Expression)))], fields.Span);
    }

    private static YamlScalar Scalar(YamlMap place, string text) => new(text, ScalarForm.DoubleQuoted, place.Span);

    private static void Set(List<YamlEntry> entries, string key, YamlNode value)
    {
        var at = entries.FindIndex(entry => entry.Key.Text == key);
        var entry = new YamlEntry(new YamlScalar(key, ScalarForm.Plain, value.Span), value);
        if (at < 0) entries.Add(entry);
        else entries[at] = entry;
    }
}
