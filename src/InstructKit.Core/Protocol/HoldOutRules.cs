using InstructKit.Tasks;

namespace InstructKit.Protocol;

/// <summary>Decides what is trained on and what is held out. A dataset counts as unseen only when no dataset of its cluster was trained on (FLAN paper, section
/// 2); which clusters are excluded together, and which tasks share source rows, is data (<see cref="ClusterFile"/>).</summary>
/// <param name="file">The schemes and the groups of tasks with the same source.</param>
/// <param name="splits">The published splits.</param>
public sealed class HoldOutRules(ClusterFile file, IReadOnlyList<TaskSplit> splits)
{
    /// <summary>Reason for tasks that were not selected.</summary>
    internal const string NotSelected = "not selected";

    /// <summary>Applies a request to a catalogue.</summary>
    /// <param name="request">The request.</param>
    /// <param name="catalogue">Every known task, in order.</param>
    /// <exception cref="DiagnosticException">Unknown names (IK2007, IK2008), held-out data in training (IK2020), nothing left (IK2022).</exception>
    public HoldOut Apply(HoldOutRequest request, IReadOnlyList<CatalogueTask> catalogue)
    {
        var known = catalogue.Select(task => task.Key).ToList();
        if (splits.FirstOrDefault(split => request.Names.Any(name => name.Text == split.Name)) is { } published)
            return ApplySplit(published, request, catalogue);

        var scheme = ChooseScheme(request, known);
        List<Diagnostic> wrong = [];
        var targets = request.Names.Select(name => Resolve(name, scheme, catalogue, wrong)).ToList();
        var clusters = targets.Where(target => target.Cluster is not null).Select(target => target.Cluster!).Distinct(StringComparer.Ordinal).ToList();
        List<string> related = request.KeepRelated
            ? []
            : [.. clusters.SelectMany(key => scheme.Find(key)?.LeavesWith ?? []).Distinct(StringComparer.Ordinal).Except(clusters, StringComparer.Ordinal)];

        var (pool, asked) = Expand(request, scheme, catalogue, wrong);
        var heldOut = targets.SelectMany(target => target.Tasks).ToHashSet(StringComparer.Ordinal);
        List<string> train = [];
        List<ExcludedTask> excluded = [];
        List<Diagnostic> leaks = [];
        var sources = catalogue.ToDictionary(task => task.Key, task => task.SameSource, StringComparer.Ordinal);
        foreach (var entry in catalogue)
        {
            var (key, _, isOwn) = entry;
            var named = asked?.GetValueOrDefault(key);
            if (heldOut.Contains(key))
            {
                if (named is not null) leaks.Add(Leak($"'{key}' is held out and cannot be trained on as well.", named));

                continue;
            }

            switch (ReasonToLeave(entry, scheme, related, heldOut, pool, isOwn || named is not null || pool is not null, clusters, sources))
            {
                case { } reason when named is not null && (pool is null || pool.ContainsKey(key)):
                    leaks.Add(Leak($"'{key}' cannot be trained on: {reason}.", named));
                    break;
                case { } reason: excluded.Add(new ExcludedTask(key, reason)); break;
                case null when asked is not null && named is null: excluded.Add(new ExcludedTask(key, "not among the tasks to train on")); break;
                default: train.Add(key); break;
            }
        }

        if (leaks.Count > 0) throw DiagnosticException.InOrder(leaks);

        IReadOnlyList<string> held = [.. known.Where(key => heldOut.Contains(key) && (pool is null || pool.ContainsKey(key)))];
        return Checked(new HoldOut
        {
            Scheme = scheme,
            Clusters = clusters,
            AlsoExcluded = related,
            Train = train,
            HeldOut = held,
            Unselected = [.. known.Where(key => heldOut.Contains(key)).Except(held, StringComparer.Ordinal)],
            Excluded = excluded,
            Unknown = [.. heldOut.Except(known, StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        }, request);
    }

    private static Diagnostic Leak(string message, LocatedName name) =>
        new(TaskCodes.Leak, Severity.Error, message, name.Span) { Hint = "Take it out of the training tasks, or hold out something else." };

    private static HoldOut Checked(HoldOut result, HoldOutRequest request)
    {
        if (result.Train.Count == 0 && result.HeldOut.Count == 0)
            throw DiagnosticException.Error(TaskCodes.EmptySelection, "No task is left to train on and none to hold out.");

        if (request.Names.Count > 0 && result.HeldOut.Count == 0 && result.Unselected.Count == 0) throw NoneSelected(request.Names);

        return result;
    }

    /// <summary>The selected tasks and the names to hold out have nothing in common.</summary>
    internal static DiagnosticException NoneSelected(IReadOnlyList<LocatedName> names) => DiagnosticException.Error(TaskCodes.EmptySelection, $"None of the selected tasks is in what is to be held out ({string.Join(", ", names)}).", names[0].Span,
        "Select some of them as well, or name with --hold-out what is to be held out ('none' for nothing).");

    private HoldOut ApplySplit(TaskSplit split, HoldOutRequest request, IReadOnlyList<CatalogueTask> catalogue)
    {
        if (request.Names.Count > 1)
            throw DiagnosticException.Error(TaskCodes.BadSetting, $"'{split.Name}' is a published split and must be given alone, found {string.Join(", ", request.Names)}.", request.Names.First(name => name.Text == split.Name).Span);

        var scheme = request.Scheme is null ? file.Schemes.FirstOrDefault(scheme => scheme.Key == split.Scheme) ?? file.Schemes[0] : ChooseScheme(request, []);
        var known = catalogue.Select(task => task.Key).ToList();
        var (pool, asked) = Expand(request, scheme, catalogue, []);
        if (asked is not null && !split.Overlaps && asked.Keys.FirstOrDefault(split.Test.Contains) is { } leak)
            throw new DiagnosticException(Leak($"'{leak}' is held out by the split '{split.Name}' and cannot be trained on as well.", asked[leak]));

        bool Wanted(string key) => pool is null || pool.ContainsKey(key);
        bool Trains(string key) => split.Train.Contains(key, StringComparer.Ordinal) && (asked is null || asked.ContainsKey(key));
        return Checked(new HoldOut
        {
            Scheme = scheme,
            Split = split,
            Train = [.. known.Where(key => Wanted(key) && Trains(key))],
            HeldOut = [.. known.Where(key => Wanted(key) && split.Test.Contains(key, StringComparer.Ordinal))],
            Excluded =
            [
                .. known.Where(key => !(Wanted(key) && (Trains(key) || split.Test.Contains(key, StringComparer.Ordinal))))
                    .Select(key => new ExcludedTask(key, Wanted(key) ? $"on neither side of the split {split.Name}" : NotSelected)),
            ],
            Unknown = [.. split.Train.Concat(split.Test).Distinct(StringComparer.Ordinal).Except(known, StringComparer.Ordinal)],
        }, request);
    }

    // Null when the task may be trained on.
    private string? ReasonToLeave(
        CatalogueTask task, ClusterScheme scheme, List<string> related, HashSet<string> heldOut, Dictionary<string, LocatedName>? pool, bool named, List<string> heldOutClusters,
        Dictionary<string, IReadOnlyList<string>> sources)
    {
        var key = task.Key;
        if (pool is not null && !pool.ContainsKey(key)) return NotSelected;

        List<string> mine = scheme.Of(key)?.Key is { } of ? [of] : [.. task.OwnClusters];
        if (mine.Find(related.Contains) is { } cluster) return $"its cluster {cluster} leaves with {string.Join(" and ", heldOutClusters)}";

        var own = SourcesOf(key, sources);
        if (heldOut.Order(StringComparer.Ordinal).FirstOrDefault(other => SourcesOf(other, sources).Overlaps(own)) is { } leak)
            return $"it reads the same source rows as the held-out {leak}";

        return mine.Count == 0 && !named ? $"in no cluster of the scheme {scheme.Key}" : null;
    }

    // A task, the tasks whose rows it declares to read, and those that read the same rows as one of them.
    private HashSet<string> SourcesOf(string key, Dictionary<string, IReadOnlyList<string>> sources)
    {
        var all = sources.GetValueOrDefault(key, []).Append(key).ToHashSet(StringComparer.Ordinal);
        foreach (var group in file.SameSource.Where(all.Overlaps)) all.UnionWith(group);

        return all;
    }

    private ClusterScheme ChooseScheme(HoldOutRequest request, List<string> known)
    {
        if (request.Scheme is not null)
        {
            return file.Schemes.FirstOrDefault(scheme => string.Equals(scheme.Key, request.Scheme.Text, StringComparison.Ordinal))
                ?? throw DiagnosticException.Error(TaskCodes.UnknownCluster, $"There is no cluster scheme '{request.Scheme}'.", request.Scheme.Span,
                    NearestName.Hint(request.Scheme.Text, file.Schemes.Select(scheme => scheme.Key)) ?? $"There are {string.Join(" and ", file.Schemes.Select(scheme => scheme.Key))}.");
        }

        // A name in only one scheme decides.
        return file.Schemes.FirstOrDefault(scheme => request.Names.All(name => scheme.Find(name.Text) is not null || known.Contains(name.Text))) ?? file.Schemes[0];
    }

    private (string? Cluster, IReadOnlyList<string> Tasks) Resolve(
        LocatedName written, ClusterScheme scheme, IReadOnlyList<CatalogueTask> catalogue, List<Diagnostic> wrong)
    {
        var name = written.Text;
        if (scheme.Find(name) is { } cluster)
            return (cluster.Key, [.. cluster.Tasks, .. catalogue.Where(task => task.Names(cluster.Key)).Select(task => task.Key)]);

        var own = catalogue.Where(task => task.Names(name)).Select(task => task.Key).ToList();
        if (own.Count > 0) return (name, own);

        if (catalogue.Any(task => string.Equals(task.Key, name, StringComparison.Ordinal))) return (null, [name]);

        var names = KnownNames(catalogue).Concat(splits.Select(split => split.Name));
        wrong.Add(Diagnostic.Error(TaskCodes.UnknownCluster, $"'{name}' is not a cluster of the scheme '{scheme.Key}', a task or a published split.", written.Span,
            NearestName.Hint(name, names) ?? "`instructkit clusters` lists them."));
        return (null, []);
    }

    private IEnumerable<string> KnownNames(IReadOnlyList<CatalogueTask> catalogue) => catalogue.Select(task => task.Key)
        .Concat(file.Schemes.SelectMany(scheme => scheme.Clusters).SelectMany(cluster => cluster.Aliases.Prepend(cluster.Key)))
        .Concat(catalogue.SelectMany(task => task.OwnClusters));

    // The selected tasks and those to train on, each with the name that selected it; every unknown name is reported.
    private (Dictionary<string, LocatedName>? Pool, Dictionary<string, LocatedName>? Asked) Expand(
        HoldOutRequest request, ClusterScheme scheme, IReadOnlyList<CatalogueTask> catalogue, List<Diagnostic> wrong)
    {
        var pool = request.Tasks is null ? null : Expand(request.Tasks, scheme, catalogue, wrong);
        var asked = request.Train is null ? null : Expand(request.Train, scheme, catalogue, wrong);
        return wrong.Count > 0 ? throw DiagnosticException.InOrder(wrong) : (pool, asked);
    }

    private Dictionary<string, LocatedName> Expand(
        IReadOnlyList<LocatedName> names, ClusterScheme scheme, IReadOnlyList<CatalogueTask> catalogue, List<Diagnostic> wrong)
    {
        Dictionary<string, LocatedName> keys = new(StringComparer.Ordinal);
        foreach (var written in names)
        {
            var name = written.Text;
            List<string> meant = [];
            if (name == "all")
            {
                meant.AddRange(catalogue.Select(task => task.Key));
            }
            else if (catalogue.Any(task => string.Equals(task.Key, name, StringComparison.Ordinal)))
            {
                meant.Add(name);
            }
            else if (file.Schemes.Select(one => one.Find(name)).Prepend(scheme.Find(name)).FirstOrDefault(found => found is not null) is { } cluster)
            {
                meant.AddRange(cluster.Tasks);
            }
            else if (catalogue.Any(task => task.Names(name)))
            {
                meant.AddRange(catalogue.Where(task => task.Names(name)).Select(task => task.Key));
            }
            else
            {
                wrong.Add(Diagnostic.Error(TaskCodes.UnknownTask, $"There is no task or cluster '{name}'.", written.Span,
                    NearestName.Hint(name, KnownNames(catalogue)) ?? "`instructkit tasks` lists them."));
            }

            meant.ForEach(key => keys.TryAdd(key, written));
        }

        return keys;
    }
}
