using InstructKit.Diagnostics;
using InstructKit.Sources;
using InstructKit.Tasks.Yaml;

namespace InstructKit.Tasks;

/// <summary>
/// Finds a task's files below data roots: in a folder named like the task, in the folders that the task names, or in the root itself (there only
/// by patterns that begin with a folder, so that a file such as <c>train.jsonl</c> in the root is not everybody's), and beside a user's own task file.
/// </summary>
/// <param name="roots">Data roots, in the order of trying.</param>
public sealed class TaskLocator(IReadOnlyList<string> roots)
{
    /// <summary>Name of the file with which a data folder may bring slices of its own, such as samples too small for the task's.</summary>
    public const string SlicesFile = "splits.yaml";

    /// <summary>
    /// The files for a task: of all layouts and folders the first that has the main role and most of the others. Null when none has the main role.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="main">The role that has to be there.</param>
    /// <param name="layout">A layout that must be used, or null.</param>
    /// <exception cref="DiagnosticException">No layout of that name (IK2006), or a folder's slices are wrong.</exception>
    public TaskData? Find(TaskDefinition task, Role main, string? layout = null)
    {
        if (layout is not null && !task.Layouts.Any(one => one.Name == layout))
        {
            throw new DiagnosticException(new Diagnostic(TaskCodes.UnknownValue, Severity.Error, $"The task '{task.Key}' has no layout '{layout}'.")
            {
                Hint = NearestName.Hint(layout, task.Layouts.Select(one => one.Name)) ?? $"It has {string.Join(", ", task.Layouts.Select(one => one.Name))}.",
            });
        }

        TaskData? best = null;
        var bestRoles = 0;
        foreach (var (folder, isRoot) in Folders(task))
        {
            var own = OwnSlices(folder);
            foreach (var candidate in task.Layouts)
            {
                if (layout is not null && candidate.Name != layout)
                {
                    continue;
                }

                var found = Match(candidate, folder, isRoot, own ?? candidate.Slices ?? task.Slices);
                var roles = found.Roles.ToList();
                if (roles.Contains(main) && roles.Count > bestRoles)
                {
                    best = found;
                    bestRoles = roles.Count;
                }
            }
        }

        return best;
    }

    /// <summary>The layouts for which files for at least one role were found, with their folders.</summary>
    public IReadOnlyList<TaskData> FindAll(TaskDefinition task) =>
    [
        .. Folders(task).SelectMany(folder => task.Layouts.Select(layout => Match(layout, folder.Path, folder.IsRoot, OwnSlices(folder.Path) ?? layout.Slices ?? task.Slices)))
            .Where(data => data.Roles.Any()),
    ];

    /// <summary>Folders in which a task's files are looked for, for messages.</summary>
    public IReadOnlyList<string> Places(TaskDefinition task) =>
        [
            .. roots.SelectMany(root => task.Folders.Prepend(task.Key).Distinct(StringComparer.Ordinal).Select(folder => Path.Combine(root, folder))),
            .. task.Home is { } home ? [home] : (ReadOnlySpan<string>)[],
        ];

    private IEnumerable<(string Path, bool IsRoot)> Folders(TaskDefinition task)
    {
        foreach (var root in roots)
        {
            foreach (var name in task.Folders.Prepend(task.Key).Distinct(StringComparer.Ordinal))
            {
                var path = Path.Combine(root, name);
                if (Directory.Exists(path))
                {
                    yield return (path, false);
                }
            }

            if (Directory.Exists(root))
            {
                yield return (root, true);
            }
        }

        if (task.Home is { } home)
        {
            yield return (home, false);
        }
    }

    private static TaskData Match(Layout layout, string folder, bool isRoot, IReadOnlyDictionary<Role, SplitSlice> slices)
    {
        Dictionary<string, IReadOnlyList<SourcePart>> splits = new(StringComparer.Ordinal);
        foreach (var split in layout.Splits)
        {
            if (slices.Values.All(slice => slice.Split != split.Name))
            {
                continue;
            }

            List<SourcePart> parts = [];
            foreach (var part in split.Parts)
            {
                List<SourceFile> files = [];
                var complete = true;
                foreach (var glob in part.Globs)
                {
                    // Every pattern of a list has to match: half of a split is not the split.
                    var expanded = isRoot && !BeginsWithFolder(glob.Text) ? [] : SourceCatalog.Expand(folder, glob.Text);
                    complete &= expanded.Count > 0;
                    files.AddRange(expanded);
                }

                if (complete && files.Count > 0)
                {
                    parts.Add(new SourcePart(part.Column, files));
                }
            }

            if (parts.Count == split.Parts.Count)
            {
                splits[split.Name] = parts;
            }
        }

        return new TaskData { Layout = layout, Folder = folder, Splits = splits, Slices = slices };
    }

    private static bool BeginsWithFolder(string glob)
    {
        var slash = glob.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && glob.AsSpan(0, slash).IndexOfAny("*?!") < 0;
    }

    private static IReadOnlyDictionary<Role, SplitSlice>? OwnSlices(string folder)
    {
        var path = Path.Combine(folder, SlicesFile);
        if (!File.Exists(path))
        {
            return null;
        }

        List<Diagnostic> diagnostics = [];
        var map = YamlFile.Load(path);
        // The file is the `splits:` mapping of a task, standing alone.
        var form = new YamlForm(new YamlMap([new YamlEntry(new YamlScalar("splits", true, SourceText.FromText(path, "splits"), map.Span), map)], map.Span), "A slices file", diagnostics);
        var slices = TaskFile.ReadSlices(form, required: true);
        return diagnostics.Count > 0 ? throw new DiagnosticException(diagnostics) : slices;
    }
}
