using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>The known tasks: the files of one or more folders, read on demand. The name of a file is the key of its task; a user's own task hides
/// a shipped one of the same key.</summary>
public sealed class TaskFiles
{
    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);
    private readonly List<string> _keys = [];
    private readonly Dictionary<(string Key, string? Variant), TaskDefinition> _read = [];
    private YamlIndex? _index;
    private readonly List<string> _replaced = [];
    private readonly HashSet<string> _own = new(StringComparer.Ordinal);

    /// <summary>True for a valid task key: 1 to 100 letters, digits and <c>_</c>.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= 100 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    /// <summary>Lists the task files below a folder: every <c>*.yaml</c> in its sub-folders except <c>splits/</c> and <c>plans/</c>, in ordinal order.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="index">The index of the folder, or null.</param>
    public void AddFolder(string folder, YamlIndex? index = null)
    {
        _index = index;
        var paths = Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
            .Where(path => path.Contains('/', StringComparison.Ordinal) && !path.StartsWith("splits/", StringComparison.Ordinal) && !path.StartsWith("plans/", StringComparison.Ordinal))
            .ToArray();
        Array.Sort(paths, StringComparer.Ordinal);
        foreach (var path in paths) Add(Path.Combine(folder, path));
    }

    /// <summary>Adds a user's own tasks: a task file, or a folder whose <c>*.yaml</c> files at any depth are tasks. They hide shipped tasks of the same key,
    /// but not each other.</summary>
    /// <exception cref="DiagnosticException">Two of them have the same name (IK2009).</exception>
    public void AddOwn(string path)
    {
        var paths = Directory.Exists(path) ? Directory.GetFiles(path, "*.yaml", SearchOption.AllDirectories) : [path];
        Array.Sort(paths, StringComparer.Ordinal);
        foreach (var one in paths)
        {
            var key = Path.GetFileNameWithoutExtension(one);
            if (IsOwn(key) && Path.GetFullPath(_paths[key]) != Path.GetFullPath(one))
            {
                throw new DiagnosticException(new Diagnostic(TaskCodes.DuplicateName, Severity.Error, $"Two task files are named '{key}': '{_paths[key]}' and '{one}'.")
                { Hint = "A task is called like its file; rename one of them, or leave it out." });
            }

            if (!IsOwn(key) && Contains(key)) _replaced.Add(key);

            _own.Add(Add(one));
        }
    }

    /// <summary>Keys of all tasks, in order of addition.</summary>
    public IReadOnlyList<string> Keys => _keys;

    /// <summary>Keys of shipped tasks that a user's own task replaces, in order of addition.</summary>
    public IReadOnlyList<string> Replaced => _replaced;

    /// <summary>Path of a task's file.</summary>
    public string PathOf(string key) => _paths[key];

    /// <summary>True for a task that a user added.</summary>
    public bool IsOwn(string key) => _own.Contains(key);

    /// <summary>True when there is such a task.</summary>
    public bool Contains(string key) => _paths.ContainsKey(key);

    /// <summary>The definition of a task, with the variant applied if the task has it.</summary>
    /// <exception cref="DiagnosticException">No such task (IK2007), or its file is invalid (IK20xx, all findings at once).</exception>
    public TaskDefinition Get(LocatedName name, string? variant = null)
    {
        var key = name.Text;
        if (!_paths.ContainsKey(key))
        {
            throw new DiagnosticException(new Diagnostic(TaskCodes.UnknownTask, Severity.Error, $"There is no task '{key}'.", name.Span)
            { Hint = NearestName.Hint(key, _keys) ?? "`instructkit tasks` lists them." });
        }

        if (!_read.TryGetValue((key, variant), out var task))
        {
            task = Read(key, variant);
            _read[(key, variant)] = task;
        }

        return task;
    }

    private string Add(string path)
    {
        var key = Path.GetFileNameWithoutExtension(path);
        if (_paths.TryAdd(key, path)) _keys.Add(key);
        else _paths[key] = path;

        return key;
    }

    private TaskDefinition Read(string key, string? variant)
    {
        List<Diagnostic> diagnostics = [];
        var map = YamlFile.Load(_paths[key], _index);
        var like = map.Find("like") as YamlScalar;
        if (like is not null) map = Inherit(map, like);

        var variants = (map.Find("variants") as YamlMap)?.Entries ?? [];
        if (variant is not null && variants.FirstOrDefault(entry => string.Equals(entry.Key.Text, variant, StringComparison.Ordinal)) is { } chosen)
        {
            if (chosen.Value is YamlMap overlay) map = map.Overlay(overlay);
            else diagnostics.Add(new Diagnostic(YamlCodes.WrongType, Severity.Error, $"A variant is a mapping, found {chosen.Value.Noun}.", chosen.Value.Span));
        }

        var applied = variant is not null && variants.Any(entry => string.Equals(entry.Key.Text, variant, StringComparison.Ordinal)) ? variant : null;
        var task = new TaskFile(key, map, like?.Text, applied, [.. variants.Select(entry => entry.Key.Text)], diagnostics).Read();
        CheckSources(task, diagnostics);
        return diagnostics.Count > 0 || task is null
            ? throw DiagnosticException.InOrder(diagnostics)
            : IsOwn(key) ? task with { Home = Path.GetDirectoryName(Path.GetFullPath(_paths[key])) } : task;
    }

    // An unknown name would let rows of a held-out task into training.
    private void CheckSources(TaskDefinition? task, List<Diagnostic> diagnostics)
    {
        foreach (var name in (task?.SameSource ?? []).Where(name => !Contains(name.Text)))
        {
            diagnostics.Add(new Diagnostic(TaskCodes.UnknownTask, Severity.Error, $"There is no task '{name}' whose rows this one could read.", name.Span)
            { Hint = NearestName.Hint(name.Text, _keys) ?? "Your own task must be named as well." });
        }
    }

    // A task with `like: other` takes from it every key that it lacks. Only one step, so that a reader finds everything.
    private YamlMap Inherit(YamlMap map, YamlScalar like)
    {
        if (!_paths.TryGetValue(like.Text, out var path))
        {
            throw new DiagnosticException(new Diagnostic(TaskCodes.UnknownTask, Severity.Error, $"The task '{like.Text}' named under 'like' does not exist.", like.Span)
            { Hint = NearestName.Hint(like.Text, _keys) });
        }

        var parent = YamlFile.Load(path, _index);
        if (parent.Find("like") is { } second)
        {
            throw new DiagnosticException(new Diagnostic(
                TaskCodes.BadSetting, Severity.Error, $"'{like.Text}' says `like` itself; name the task that holds the templates.", like.Span)
            { Hint = $"It is like '{(second as YamlScalar)?.Text}'." });
        }

        return parent.Overlay(map);
    }
}
