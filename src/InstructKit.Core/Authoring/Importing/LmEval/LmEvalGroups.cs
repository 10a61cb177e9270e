using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.LmEval;

/// <summary>A task as the files define it.</summary>
/// <param name="Map">Its settings, with includes resolved.</param>
internal sealed record LmEvalDefinition(YamlScalar Name, YamlMap Map)
{
    /// <summary>Its tags; <c>group</c> in a task is the older name of <c>tag</c>.</summary>
    public IEnumerable<string> Tags => Texts(Map.Find("tag")).Concat(Texts(Map.Find("group")));

    private static IEnumerable<string> Texts(YamlNode? node) => node switch
    {
        YamlScalar { IsNull: false } one => [one.Text],
        YamlList list => list.Items.OfType<YamlScalar>().Select(item => item.Text),
        _ => [],
    };
}

/// <summary>
/// The tasks, groups and tags of a set of files. A group has no rows and no template of its own: it becomes a cluster of its tasks, as does
/// a tag; groups of groups and of tags are clusters of all their tasks.
/// </summary>
/// <param name="files">Reads the includes of members.</param>
/// <param name="collector">Where omissions are reported.</param>
internal sealed class LmEvalGroups(LmEvalFile files, ImportCollector collector)
{
    // Settings of a group's member that do not change rows or texts.
    private static readonly string[] Neutral = ["task", "task_alias", "tag", "num_fewshot", "metadata", "metric_list", "generation_kwargs", "filter_list", "repeats"];

    private readonly List<LmEvalDefinition> _tasks = [];
    private readonly Dictionary<string, LmEvalDefinition> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _parents = new(StringComparer.Ordinal);
    private readonly List<(string Group, string Path, YamlMap Map)> _groups = [];

    /// <summary>The tasks in the order of the files; followed by those of groups.</summary>
    public IReadOnlyList<LmEvalDefinition> Tasks => _tasks;

    public void AddTask(LmEvalDefinition task)
    {
        _tasks.Add(task);
        _byName.TryAdd(task.Name.Text, task);
    }

    /// <summary>Adds a group; its members are handled by <see cref="Resolve"/>, when all files are known.</summary>
    public void AddGroup(string name, string path, YamlMap map) => _groups.Add((name, path, map));

    /// <summary>Finds the members of all groups.</summary>
    public void Resolve()
    {
        // Groups inside groups are added on the way.
        for (var i = 0; i < _groups.Count; i++) ReadGroup(_groups[i].Group, _groups[i].Path, _groups[i].Map);

        var known = _byName.Keys.Concat(_groups.Select(group => group.Group)).Concat(_tasks.SelectMany(task => task.Tags)).ToHashSet(StringComparer.Ordinal);
        foreach (var (group, _, map) in _groups)
        {
            foreach (var member in (map.Find("task") as YamlList)?.Items.OfType<YamlScalar>() ?? [])
            {
                if (!known.Contains(member.Text))
                    collector.Remark(ImportCodes.Group, $"The member '{member.Text}' of the group '{group}' is not defined in the imported files.", member.Span);
            }
        }
    }

    /// <summary>The clusters of a task: its tags, the groups that list it, and the groups of those, nearest first.</summary>
    public IReadOnlyList<string> ClustersOf(LmEvalDefinition task)
    {
        List<string> clusters = [];
        Queue<string> open = new(task.Tags.Concat(_parents.GetValueOrDefault(task.Name.Text, [])));
        while (open.TryDequeue(out var name))
        {
            if (clusters.Contains(name, StringComparer.Ordinal)) continue;

            clusters.Add(name);
            foreach (var parent in _parents.GetValueOrDefault(name, [])) open.Enqueue(parent);
        }

        return [.. clusters.Select(TaskKey.Of).Distinct(StringComparer.Ordinal)];
    }

    private void ReadGroup(string group, string path, YamlMap map)
    {
        foreach (var entry in map.Entries)
        {
            if (entry.Key.Text is not ("group" or "group_alias" or "task" or "tag" or "metadata"))
                LmEvalSettings.NotApplied(collector, $"'{entry.Key.Text}' of the group '{group}'", entry.Value, entry.Key.Span);
        }

        foreach (var tag in new LmEvalDefinition(new YamlScalar(group, ScalarForm.Plain, map.Span), map with { Entries = [.. map.Entries.Where(entry => entry.Key.Text == "tag")] }).Tags)
            AddParent(group, tag);

        foreach (var member in map.Find("task") switch { YamlList list => list.Items, YamlScalar one => [one], _ => [] })
        {
            if (member is YamlScalar name) AddParent(name.Text, group);
            else if (member is YamlMap inner) ReadMember(group, path, inner);
            else collector.LeaveOut(ImportCodes.WrongForm, $"A member of the group '{group}' is a name or a mapping, found {member.Noun}.", member.Span);
        }
    }

    private void ReadMember(string group, string path, YamlMap inner)
    {
        if (collector.Try(() => files.Resolve(path, inner), ImportCodes.Unreadable, $"A member of the group '{group}' cannot be read.") is not { } map) return;

        if (map.FindText("group") is { } sub)
        {
            AddParent(sub.Text, group);
            AddGroup(sub.Text, path, map);
            return;
        }

        if (map.FindText("task") is not { } name)
        {
            collector.LeaveOut(ImportCodes.WrongForm, $"A member of the group '{group}' has neither 'task' nor 'group'.", map.Span with { Length = 1 });
            return;
        }

        if (!_byName.TryGetValue(name.Text, out var known))
        {
            AddParent(name.Text, group);
            if (map.Entries.Count > 1) AddTask(new LmEvalDefinition(name, map));

            return;
        }

        var own = map.Entries.Where(entry => !Neutral.Contains(entry.Key.Text, StringComparer.Ordinal)).ToList();
        if (own.Count == 0)
        {
            AddParent(name.Text, group);
            foreach (var entry in map.Entries.Where(entry => entry.Key.Text is not ("task" or "task_alias" or "tag" or "metadata")))
                LmEvalSettings.NotApplied(collector, $"'{entry.Key.Text}' of the task '{name.Text}' in the group '{group}'", entry.Value, entry.Key.Span);

            return;
        }

        // With different rows or texts it is a separate task.
        var changed = name with { Text = $"{group}_{name.Text}" };
        AddParent(changed.Text, group);
        AddTask(new LmEvalDefinition(changed, known.Map.Overlay(map)));
        collector.Remark(
            ImportCodes.Group, $"The group '{group}' changes {string.Join(", ", own.Select(entry => $"'{entry.Key.Text}'"))} of '{name.Text}'; its form of the task is imported as '{changed.Text}'.", name.Span);
    }

    private void AddParent(string member, string group)
    {
        if (!_parents.TryGetValue(member, out var parents)) _parents[member] = parents = [];

        if (!parents.Contains(group, StringComparer.Ordinal)) parents.Add(group);
    }
}
