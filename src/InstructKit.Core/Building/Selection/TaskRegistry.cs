using InstructKit.Protocol;
using InstructKit.Tasks;
using InstructKit.Yaml;

namespace InstructKit.Building.Selection;

/// <summary>Everything known before reading data: tasks, cluster schemes, published splits.</summary>
public sealed class TaskRegistry
{
    private readonly ClusterFile _clusters;
    private readonly Lazy<IReadOnlyList<TaskSplit>> _splits;

    private TaskRegistry(TaskFiles tasks, ClusterFile clusters, Func<IReadOnlyList<TaskSplit>> splits)
    {
        Tasks = tasks;
        _clusters = clusters;
        _splits = new(splits);
    }

    /// <summary>The tasks.</summary>
    public TaskFiles Tasks { get; }

    /// <summary>The cluster schemes, the default one first.</summary>
    public IReadOnlyList<ClusterScheme> Schemes => _clusters.Schemes;

    /// <summary>Groups of tasks that read the same source rows.</summary>
    public IReadOnlyList<IReadOnlyList<string>> SameSource => _clusters.SameSource;

    /// <summary>The published splits; read on first use.</summary>
    /// <exception cref="DiagnosticException">A split file is wrong (IK20xx).</exception>
    public IReadOnlyList<TaskSplit> Splits => _splits.Value;

    /// <summary>The hold-out rules, including the published splits.</summary>
    /// <exception cref="DiagnosticException">A split file is wrong (IK20xx).</exception>
    public HoldOutRules Rules => new(_clusters, Splits);

    /// <summary>Opens a catalogue.</summary>
    /// <param name="folder">Folder with <c>clusters.yaml</c>, <c>splits/</c> and a folder of task files for each cluster.</param>
    /// <param name="own">The user's own task files, or folders of them.</param>
    /// <exception cref="DiagnosticException">The cluster file is wrong (IK20xx).</exception>
    /// <exception cref="IOException">A file or folder is missing.</exception>
    public static TaskRegistry Open(string folder, IReadOnlyList<LocatedName> own)
    {
        var tasks = new TaskFiles();
        var index = YamlIndex.Open(folder);
        tasks.AddFolder(folder, index);
        foreach (var path in own) tasks.AddOwn(path.Text);

        return new TaskRegistry(tasks, ClusterFile.Load(Path.Combine(folder, "clusters.yaml"), index), () => SplitFiles.Load(Path.Combine(folder, "splits"), index));
    }

    /// <summary>All tasks in the order of the default scheme, followed by those outside it.</summary>
    public IReadOnlyList<CatalogueTask> Ordered()
    {
        var ranked = _clusters.Schemes.SelectMany(scheme => scheme.Clusters).SelectMany(cluster => cluster.Tasks).Distinct(StringComparer.Ordinal).ToList();
        return
        [
            .. ranked.Where(Tasks.Contains).Concat(Tasks.Keys.Except(ranked, StringComparer.Ordinal))
                .Select(key => Tasks.IsOwn(key) ? Own(Tasks.Get(key)) : new CatalogueTask(key)),
        ];
    }

    /// <summary>The tasks that a name means: <c>all</c>, a task, or a cluster of any scheme; null for a name that is unknown.</summary>
    public IEnumerable<string>? Find(string name) => name == "all" ? Tasks.Keys
        : Tasks.Contains(name) ? [name]
        : Schemes.Select(scheme => scheme.Find(name)).FirstOrDefault(cluster => cluster is not null)?.Tasks.Where(Tasks.Contains);

    /// <summary>The names nearest to one that <see cref="Find"/> does not know, as advice; null when none is near.</summary>
    internal string? Nearest(string name) => NearestName.Hint(name, Tasks.Keys.Concat(Schemes.SelectMany(scheme => scheme.Clusters).Select(cluster => cluster.Key)));

    /// <summary>Rejects a variant name that no task has.</summary>
    /// <exception cref="DiagnosticException">IK2006.</exception>
    public void RequireVariant(LocatedName variant)
    {
        var known = Tasks.Keys.SelectMany(key => Tasks.Get(key).Variants).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (!known.Contains(variant.Text, StringComparer.Ordinal))
        {
            throw DiagnosticException.Error(YamlCodes.UnknownValue, $"No task has a variant '{variant}'.", variant.Span,
                NearestName.Hint(variant.Text, known) ?? $"There are {string.Join(", ", known)}.");
        }
    }

    private static CatalogueTask Own(TaskDefinition task) => new(task.Key, task.Cluster, IsOwn: true) { SameSource = [.. task.SameSource.Select(name => name.Text)], MoreClusters = task.MoreClusters };
}
