using InstructKit.Sources.Files;
using InstructKit.Sources.Hub;
using InstructKit.Tasks;

namespace InstructKit.Fetching;

/// <summary>Determines which files tasks need and how much of them is already here.</summary>
/// <param name="request">The request.</param>
/// <param name="settings">Hub and cache.</param>
/// <param name="trees">Lists the files of datasets.</param>
internal sealed class FetchPlanner(FetchRequest request, HubSettings settings, TreeSource trees)
{
    private const int MaxShown = 6;

    private readonly Dictionary<(string Id, string Commit, string Path), FetchFile> _files = [];
    private readonly List<(string Task, Diagnostic Reason)> _failures = [];
    private readonly List<Diagnostic> _warnings = [];

    /// <summary>Creates the plan. An error in one task does not prevent fetching the others.</summary>
    public async Task<FetchPlan> PlanAsync(CancellationToken cancel)
    {
        if (request.Tasks.Count == 0)
        {
            foreach (var (snapshot, files) in request.Lock.Datasets) await AddLockedAsync(snapshot, files, cancel).ConfigureAwait(false);
        }

        foreach (var task in request.Tasks)
        {
            try
            {
                await AddAsync(task, cancel).ConfigureAwait(false);
            }
            catch (DiagnosticException exception)
            {
                _failures.AddRange(exception.Diagnostics.Select(reason => (task.Key, reason)));
            }
        }

        var all = _files.Values.OrderBy(file => file.Snapshot.Id, StringComparer.Ordinal)
            .ThenBy(file => file.Snapshot.Commit, StringComparer.Ordinal)
            .ThenBy(file => file.Path, StringComparer.Ordinal);
        return new FetchPlan { Request = request, Files = [.. all], Failures = _failures, Warnings = _warnings };
    }

    // Without names, the files of the lock: at its commits, or, to update, at the current commits of its revisions.
    private async Task AddLockedAsync(HubSnapshot snapshot, IReadOnlyList<LockedFile> files, CancellationToken cancel)
    {
        try
        {
            if (!request.Update)
            {
                foreach (var file in files) Add(snapshot, new HubFile(file.Path, file.Size, file.Hash), null);

                return;
            }

            var tree = await trees.FindAsync(snapshot.Id, snapshot.Revision, cancel).ConfigureAwait(false)
                ?? throw Wrong(HubCodes.RevisionMissing, $"The dataset '{snapshot.Id}' has no revision '{snapshot.Revision}' any more.", "Fetch the task by its name.");
            foreach (var file in files)
            {
                Add(tree.Snapshot, tree.Files.FirstOrDefault(one => one.Path == file.Path)
                    ?? throw Wrong(HubCodes.FilesMissing, $"The dataset '{snapshot.Id}' has no file '{file.Path}' any more.", "Fetch the task by its name."), null);
            }
        }
        catch (DiagnosticException exception)
        {
            _failures.AddRange(exception.Diagnostics.Select(reason => (snapshot.Id, reason)));
        }
    }

    private async Task AddAsync(TaskDefinition task, CancellationToken cancel)
    {
        var layout = task.Layouts.FirstOrDefault(one => one.Hub is not null) ?? throw DiagnosticException.Error(HubCodes.NoHubLayout, $"The task '{task.Key}' has no layout on the hub.", task.Span,
            $"Its files are downloaded by hand, as one of its layouts names them: {string.Join(", ", task.Layouts.Select(one => one.Name))}.");
        var slices = layout.Slices ?? task.Slices;
        var needed = layout.Splits.Select(split => split.Name).Where(name => slices.Values.Any(slice => slice.Split == name)).ToList();
        var best = new Choice(null, [], []);
        HubTree? first = null;
        foreach (var variant in HubVariant.Of(layout))
        {
            if (await trees.FindAsync(layout.Hub!.Id, variant.Revision, cancel).ConfigureAwait(false) is not { } tree) continue;

            first ??= tree;
            var choice = Choose(variant, tree, needed);
            best = choice.Whole + choice.Cut.Count > best.Whole + best.Cut.Count ? choice : best;
            if (best.Whole == needed.Count) break;
        }

        Refuse(task, layout, best, first);
        if (needed.Find(name => !best.Splits.ContainsKey(name) && !best.Cut.Contains(name)) is { } lacking)
        {
            _warnings.Add(new Diagnostic(
                HubCodes.FilesMissing, Severity.Warning,
                $"The dataset '{layout.Hub!.Id}' has no files for the split '{lacking}' of the task '{task.Key}'; the others are fetched.", layout.Span));
        }

        foreach (var file in best.Splits.Values.SelectMany(files => files)) Add(best.Tree!.Snapshot, file, task.Key);

        // A lock pins a dataset at one commit, so the files of other tasks move along.
        var moved = request.Update ? request.Lock.Find(best.Tree!.Snapshot.Id, best.Tree.Snapshot.Revision)?.Files ?? [] : [];
        foreach (var file in best.Tree!.Files.Where(file => moved.Any(old => old.Path == file.Path))) Add(best.Tree.Snapshot, file, null);
    }

    private Choice Choose(HubVariant variant, HubTree tree, List<string> needed)
    {
        var agreed = Agreed(tree.Snapshot);
        Dictionary<string, IReadOnlyList<HubFile>> splits = new(StringComparer.Ordinal);
        List<string> cut = [];
        foreach (var name in needed)
        {
            if (Matching(variant.Layout, name, tree) is { Count: > 0 } whole)
            {
                splits[name] = whole;
            }
            else if (variant.Partial() is { } partial && Matching(partial.Layout, name, tree) is { Count: > 0 } beginning)
            {
                cut.Add(name);
                if (agreed) splits[name] = beginning;
            }
        }

        return new Choice(tree, splits, cut);
    }

    // The user allowed it now or when the lock was written.
    private bool Agreed(HubSnapshot snapshot) =>
        request.AllowPartial || request.Lock.Find(snapshot.Id, snapshot.Revision)?.Files.Any(file => HubVariant.IsPartial(file.Path)) == true;

    private static List<HubFile> Matching(Layout layout, string split, HubTree tree)
    {
        var globs = layout.Splits.First(one => one.Name == split).Parts.SelectMany(part => part.Globs).Select(glob => glob.Text).ToList();
        var files = globs.ConvertAll(glob => tree.Files.Where(file => FileGlob.MatchesPath(file.Path, glob)).ToList());
        // Every pattern of a list has to match: half of a split is not the split.
        return files.TrueForAll(found => found.Count > 0) ? [.. files.SelectMany(found => found).Distinct()] : [];
    }

    private void Refuse(TaskDefinition task, Layout layout, Choice best, HubTree? tree)
    {
        var id = layout.Hub!.Id;
        if (best.Cut.Count > 0 && !Agreed(best.Tree!.Snapshot))
        {
            throw Wrong(
                HubCodes.PartialConversion,
                $"The hub's conversion of '{id}' holds only the beginning of the split{(best.Cut.Count == 1 ? string.Empty : "s")} {string.Join(", ", best.Cut)} "
                + "(its first 5 GB), so rows would be lacking.",
                "Use --allow-partial to take what there is, or put the original files into a data folder.",
                layout.Span);
        }

        if (best.Splits.Count > 0) return;

        if (tree is null && !request.Locked && !settings.Offline)
            throw Wrong(HubCodes.RevisionMissing, $"The dataset '{id}' has no revision '{layout.Hub.Revision ?? HubVariant.Main}'.", "Check `revision` in the task's hub layout.", layout.Span);

        var wanted = string.Join(", ", layout.Splits.SelectMany(split => split.Parts).SelectMany(part => part.Globs).Select(glob => $"'{glob.Text}'"));
        if (request.Locked)
            throw Wrong(HubCodes.NotLocked, $"The lock names no files of '{id}' for the task '{task.Key}' ({wanted}).", "Fetch once without --locked; that adds them.", layout.Span);

        if (settings.Offline)
        {
            throw Wrong(
                HubCodes.NotInCache, $"HF_HUB_OFFLINE is set, and '{settings.Cache.Root}' has no files of '{id}' for the task '{task.Key}' ({wanted}).",
                "Fetch once with the network.", layout.Span);
        }

        throw Wrong(HubCodes.FilesMissing, $"The dataset '{id}' has no files such as {wanted}, nor a conversion of the hub's with these splits.", Offer(tree!), layout.Span);
    }

    private static string Offer(HubTree tree)
    {
        var files = tree.Files.Where(file => file.Path.EndsWith(".parquet", StringComparison.Ordinal)).Select(file => file.Path).ToList();
        return files.Count == 0
            ? "It has no Parquet files: download its original files by hand."
            : $"Its Parquet files are {string.Join(", ", files.Take(MaxShown))}{(files.Count > MaxShown ? $" and {files.Count - MaxShown} more" : string.Empty)}.";
    }

    private void Add(HubSnapshot snapshot, HubFile file, string? task)
    {
        var key = (snapshot.Id, snapshot.Commit, file.Path);
        var known = _files.GetValueOrDefault(key);
        IReadOnlyList<string> tasks = [.. (known?.Tasks ?? []).Concat(task is null ? [] : [task]).Distinct(StringComparer.Ordinal)];
        _files[key] = known is not null
            ? known with { Tasks = tasks }
            : Measure(new FetchFile { Snapshot = snapshot, Path = file.Path, Size = file.Size, Hash = file.Hash, Tasks = tasks });
    }

    private FetchFile Measure(FetchFile file)
    {
        var cache = settings.Cache;
        var blob = cache.BlobOf(file.Snapshot.Id, file.Hash);
        if (file.Size == HubCache.LengthOf(cache.FileOf(file.Snapshot.Id, file.Snapshot.Commit, file.Path)) || file.Size == HubCache.LengthOf(blob))
            return file with { State = FileState.Cached, Here = file.Size };

        return HubCache.LengthOf(blob + BlobDownload.Incomplete) is { } begun && begun > 0 && begun <= file.Size
            ? file with { State = FileState.Begun, Here = begun }
            : file;
    }

    private static DiagnosticException Wrong(string code, string message, string hint, SourceSpan? span = null) =>
        DiagnosticException.Error(code, message, span, hint);

    // Contents of a location for the needed splits: files by split, and the splits of which it has only the beginning.
    private sealed record Choice(HubTree? Tree, Dictionary<string, IReadOnlyList<HubFile>> Splits, List<string> Cut)
    {
        public int Whole => Splits.Keys.Count(split => !Cut.Contains(split));
    }
}
