using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Sources.Hub;
using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>Finds a task's files below data roots: in a folder named like the task, in the folders named by the task, or in the root itself (there only by
/// patterns that begin with a folder, unless the root is named like the task or the task is a user's own, so that a file such as <c>train.jsonl</c> in the
/// root does not belong to every task), and next to a user's own task file. A layout on the hub is also found in a folder named like the dataset, in
/// the files of the hub's conversion, and if the root is a cache of the hub. A locator caches folder listings.</summary>
/// <param name="roots">Data roots, in search order.</param>
/// <param name="pins">Pinned commits of datasets in a cache; for others the latest known commit of their revision is used.</param>
/// <param name="limits">Limits on the files; null for the defaults.</param>
/// <param name="repairs">Input errors that are repaired or rejected, overriding the layouts.</param>
public sealed class TaskLocator(IReadOnlyList<string> roots, HubLock? pins = null, SourceLimits? limits = null, RepairChoices repairs = default)
{
    /// <summary>Name of the file in which a data folder may define its own slices, such as samples too small for the task's.</summary>
    public const string SlicesFile = "splits.yaml";

    private readonly SourceLimits _limits = limits ?? new SourceLimits();
    private readonly FolderView _view = new();

    /// <summary>The files of a task: of all layouts and folders the first with the main role and most of the others. Null if none has the main
    /// role.</summary>
    /// <param name="task">The task.</param>
    /// <param name="main">The required role.</param>
    /// <param name="layout">The required layout, or null.</param>
    /// <exception cref="DiagnosticException">No layout with that name (IK2006), or a folder's slices are invalid.</exception>
    public TaskData? Find(TaskDefinition task, SliceKind main, string? layout = null)
    {
        if (layout is not null) task.RequireLayout(layout);

        TaskData? best = null;
        var bestRoles = 0;
        foreach (var found in Candidates(task, layout))
        {
            var roles = found.Roles.ToList();
            if (roles.Contains(main) && roles.Count > bestRoles)
            {
                best = found;
                bestRoles = roles.Count;
            }
        }

        if (best is not null) Check(task, best);

        return best;
    }

    // Checks only for used files: no file twice, none outside the roots.
    private void Check(TaskDefinition task, TaskData data)
    {
        foreach (var split in data.Layout.Splits)
        {
            if (!data.Splits.TryGetValue(split.Name, out var parts)) continue;

            foreach (var (part, named) in parts.Zip(split.Parts)) FileGlob.RefuseDoubled(part.Files, [.. named.Globs.Select(glob => glob.Text)]);

            foreach (var file in parts.SelectMany(part => part.Files)) RequireInside(task, file);
        }
    }

    private void RequireInside(TaskDefinition task, SourceFile file)
    {
        var real = _view.RealPath(Archive.FileOf(file.Path));
        IEnumerable<string> allowed = task.Home is { } home ? roots.Append(home) : roots;
        if (allowed.Any(root => IsBelow(real, _view.RealPath(root)))) return;

        throw new DiagnosticException(new Diagnostic(
            TaskCodes.OutsideRoots, Severity.Error,
            $"The task '{task.Key}' names '{VisibleText.Of(file.Name)}', which is '{VisibleText.Of(real)}', outside the data {(roots.Count == 1 ? "root" : "roots")} {string.Join(", ", allowed.Select(root => $"'{root}'"))}.")
        { Hint = "Name its folder with --data to read it from there." });
    }

    private static bool IsBelow(string path, string folder) =>
        path.StartsWith(folder, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal) && (path.Length == folder.Length || folder.EndsWith(Path.DirectorySeparatorChar) || path[folder.Length] == Path.DirectorySeparatorChar);

    /// <summary>The layouts for which files for at least one role were found, with their folders.</summary>
    public IReadOnlyList<TaskData> FindAll(TaskDefinition task)
    {
        List<TaskData> found = [.. Candidates(task, null).Where(data => data.Roles.Any())];
        // A folder named like the dataset may also be the task's folder.
        return found.Count < 2 ? found : [.. found.DistinctBy(data => (data.Layout.Name, PathsOf(data)))];
    }

    /// <summary>Folders searched for a task's files, for messages.</summary>
    public IReadOnlyList<string> Places(TaskDefinition task) =>
        [
            .. roots.SelectMany(root => task.Folders.Prepend(task.Key).Distinct(StringComparer.Ordinal).Select(folder => Path.Combine(root, folder))),
            .. task.Home is { } home ? [home] : (ReadOnlySpan<string>)[],
        ];

    private static string PathsOf(TaskData data) =>
        string.Join('\n', data.Splits.Values.SelectMany(parts => parts).SelectMany(part => part.Files).Select(file => Path.GetFullPath(file.Path)));

    private IEnumerable<TaskData> Candidates(TaskDefinition task, string? name)
    {
        var layouts = task.Layouts.Where(layout => name is null || layout.Name == name)
            .Select(layout => layout with { Source = layout.Source with { Limits = _limits, Repairs = repairs.Over(layout.Source.Repairs) } })
            .Select(layout => (Layout: layout, Variants: HubVariant.Of(layout)))
            .ToList();
        foreach (var root in roots.Where(_view.HasFolder))
        {
            var inFolders = Folders(root, task).SelectMany(folder => InFolder(task, layouts, folder.Path, folder.IsRoot));
            foreach (var found in inFolders.Concat(layouts.SelectMany(one => OfHub(root, one.Layout, one.Variants, one.Layout.Slices ?? task.Slices))))
                yield return found;
        }

        foreach (var found in task.Home is { } home ? InFolder(task, layouts, home, isRoot: false) : []) yield return found;
    }

    private IEnumerable<TaskData> InFolder(TaskDefinition task, List<(Layout Layout, IReadOnlyList<HubVariant> Variants)> layouts, string folder, bool isRoot)
    {
        var own = OwnSlices(folder);
        foreach (var (layout, variants) in layouts)
        {
            var slices = own ?? layout.Slices ?? task.Slices;
            yield return Match(layout, folder, isRoot, slices);
            foreach (var variant in variants.Where(variant => variant.Layout != layout)) yield return Match(variant.Layout, folder, isRoot, slices);
        }
    }

    private IEnumerable<(string Path, bool IsRoot)> Folders(string root, TaskDefinition task)
    {
        foreach (var name in task.Folders.Prepend(task.Key).Distinct(StringComparer.Ordinal))
        {
            var path = Path.Combine(root, name);
            if (_view.HasFolder(path)) yield return (path, false);
        }

        yield return (root, !IsFolderOf(task, root));
    }

    // A root that is named like the task, or any root for a user's own task, may be the folder of the task itself: its files belong to no other task.
    private static bool IsFolderOf(TaskDefinition task, string root) =>
        task.Home is not null || task.Folders.Prepend(task.Key).Contains(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root))), StringComparer.OrdinalIgnoreCase);

    // A dataset downloaded manually into a folder of its name, and one in a cache.
    private IEnumerable<TaskData> OfHub(string root, Layout layout, IReadOnlyList<HubVariant> variants, IReadOnlyDictionary<SliceKind, SplitSlice> slices)
    {
        if (layout.Hub is not { } hub || !HubNames.IsId(hub.Id)) yield break;

        var cache = new HubCache(root);
        var isCached = _view.HasFolder(cache.FolderOf(hub.Id));
        var byHand = new[] { hub.Id, hub.Id[(hub.Id.IndexOf('/', StringComparison.Ordinal) + 1)..] }
            .Distinct(StringComparer.Ordinal).Select(folder => Path.Combine(root, folder)).Where(_view.HasFolder).ToList();
        foreach (var variant in variants)
        {
            foreach (var folder in byHand) yield return Match(variant.Layout, folder, false, slices);

            var pinned = pins?.Find(hub.Id, variant.Revision);
            if (isCached && (pinned?.Snapshot.Commit ?? cache.CommitOf(hub.Id, variant.Revision)) is { } commit)
            {
                var found = Match(variant.Layout, cache.SnapshotOf(hub.Id, commit), false, slices);
                // A partial split is only used with the user's consent, which the lock records.
                if (pinned?.Files.Any(file => HubVariant.IsPartial(file.Path)) == true && variant.Partial() is { } cut)
                {
                    var rest = Match(cut.Layout, found.Folder, false, slices).Splits.Where(split => !found.Splits.ContainsKey(split.Key));
                    found = found with { Splits = found.Splits.Concat(rest).ToDictionary(split => split.Key, split => split.Value, StringComparer.Ordinal) };
                }

                yield return found with { Snapshot = new HubSnapshot(hub.Id, variant.Revision, commit) };
            }
        }
    }

    private TaskData Match(Layout layout, string folder, bool isRoot, IReadOnlyDictionary<SliceKind, SplitSlice> slices)
    {
        Dictionary<string, IReadOnlyList<SourcePart>> splits = new(StringComparer.Ordinal);
        foreach (var split in layout.Splits)
        {
            if (slices.Values.All(slice => slice.Split != split.Name)) continue;

            List<SourcePart> parts = [];
            foreach (var part in split.Parts)
            {
                List<SourceFile> files = [];
                var complete = true;
                foreach (var glob in part.Globs)
                {
                    // Every pattern of a list has to match: half of a split is not the split.
                    var expanded = isRoot && !BeginsWithFolder(glob.Text) ? [] : FileGlob.Expand(_view, folder, glob.Text, _limits);
                    complete &= expanded.Count > 0;
                    files.AddRange(expanded);
                }

                if (complete && files.Count > 0) parts.Add(new SourcePart(part.Column, files));
            }

            if (parts.Count == split.Parts.Count) splits[split.Name] = parts;
        }

        return new TaskData { Layout = layout, Folder = folder, Splits = splits, Slices = slices };
    }

    private static bool BeginsWithFolder(string glob)
    {
        var slash = glob.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && glob.AsSpan(0, slash).IndexOfAny("*?!") < 0;
    }

    private IReadOnlyDictionary<SliceKind, SplitSlice>? OwnSlices(string folder)
    {
        var path = Path.Combine(folder, SlicesFile);
        if (!_view.HasFile(path)) return null;

        List<Diagnostic> diagnostics = [];
        var map = YamlFile.Load(path);
        // The file has just the `splits:` mapping of a task.
        var form = new YamlForm(new YamlMap([new YamlEntry(new YamlScalar("splits", ScalarForm.Plain, map.Span), map)], map.Span), "A slices file", diagnostics);
        var slices = TaskFile.ReadSlices(form, required: true);
        return diagnostics.Count > 0 ? throw DiagnosticException.InOrder(diagnostics) : slices;
    }
}
