using InstructKit.Building;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.Flan;

/// <summary>Puts FLAN's patterns onto the tasks of a catalogue, whose layouts know where the rows lie.</summary>
internal static class FlanTemplateMerger
{
    private const string Suffix = "_flan";
    private static readonly string[] Replaced = ["task", "like", "title", "folders", "cluster", "same_source", "templates"];

    /// <summary>
    /// A task for each one of the catalogue that the key means and that has all fields: the one of that name, else those of which it is the common
    /// beginning (FLAN has one list of patterns for all rounds of ANLI, both sets of ARC and both of MNLI).
    /// </summary>
    public static IReadOnlyList<ImportedTask> Tasks(string key, IReadOnlyList<FlanPattern> patterns, TaskRegistry shipped)
    {
        IEnumerable<string> meant = shipped.Tasks.Contains(key) ? [key] : shipped.Tasks.Keys.Where(one => one.StartsWith($"{key}_", StringComparison.Ordinal));
        return [.. meant.Select(one => Make(one, patterns, shipped)).Where(task => ImportCollector.Check(task, shipped.Tasks.PathOf(task.Like!)).Count == 0)];
    }

    private static ImportedTask Make(string key, IReadOnlyList<FlanPattern> patterns, TaskRegistry shipped)
    {
        var task = shipped.Tasks.Get(key);
        var file = YamlFile.Load(shipped.Tasks.PathOf(key));
        var answer = FlanPattern.AnswerOf(patterns);
        return new ImportedTask
        {
            Key = key + Suffix,
            Title = $"{task.Title}, FLAN's own patterns",
            Origin = $"FLAN's templates, {key}",
            // A task can be like one that holds its templates itself. What borrows them is borrowed from the same one, and its own keys are copied.
            Like = task.Like ?? key,
            Own = task.Like is null ? null : file with { Entries = [.. file.Entries.Where(entry => !Replaced.Contains(entry.Key.Text, StringComparer.Ordinal))] },
            Folders = [.. task.Folders.Prepend(key).Distinct(StringComparer.Ordinal)],
            SameSource = key,
            Cluster = shipped.Schemes[0].Of(key)?.Key,
            Templates = [.. patterns.Select(pattern => pattern.ToTemplate(answer))],
        };
    }
}
