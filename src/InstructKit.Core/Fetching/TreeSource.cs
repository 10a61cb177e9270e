using InstructKit.Sources.Hub;
using InstructKit.Tasks;

namespace InstructKit.Fetching;

/// <summary>Lists the files of a dataset: from the lock if nothing else is allowed, from the cache if the network is not, otherwise from the hub. Each
/// dataset is requested once.</summary>
/// <param name="request">The request.</param>
/// <param name="settings">Hub and cache.</param>
/// <param name="client">Sends the requests.</param>
internal sealed class TreeSource(FetchRequest request, HubSettings settings, HubClient client)
{
    private readonly Dictionary<(string Id, string Revision), HubTree?> _trees = [];
    private readonly Dictionary<(string Id, string Revision), DiagnosticException> _refused = [];
    private DiagnosticException? _down;
    private readonly HubListing _listing = new(client, settings);

    /// <summary>The files of a dataset, or null if it does not have the revision (or, locked or offline, if it is unknown).</summary>
    /// <exception cref="DiagnosticException">The dataset is not available, or the hub contradicts the lock.</exception>
    public async Task<HubTree?> FindAsync(string id, string revision, CancellationToken cancel)
    {
        if (!HubNames.IsId(id) || !HubNames.IsSafePath(revision))
        {
            throw DiagnosticException.Error(HubCodes.DatasetMissing, $"'{id}' at '{revision}' cannot be a dataset of the hub.",
                hint: "Ids are owner/name, of letters, digits, -, _ and dots.");
        }

        if (_trees.TryGetValue((id, revision), out var tree)) return tree;

        if (_refused.GetValueOrDefault((id, revision)) is { } refused) throw refused;

        try
        {
            tree = request.Locked ? OfLock(id, revision) : settings.Offline ? OfCache(id, revision) : await OfHubAsync(id, revision, cancel).ConfigureAwait(false);
        }
        catch (DiagnosticException exception)
        {
            _refused[(id, revision)] = exception;
            _down ??= HubClient.IsDown(exception) ? exception : null;
            throw;
        }

        return _trees[(id, revision)] = tree;
    }

    private HubTree? OfLock(string id, string revision) => request.Lock.Find(id, revision) is { } entry ? TreeOf(entry) : null;

    private static HubTree TreeOf(LockedDataset entry) => new(entry.Snapshot, [.. entry.Files.Select(file => new HubFile(file.Path, file.Size, file.Hash))]);

    private HubTree? OfCache(string id, string revision)
    {
        var pinned = request.Update ? null : request.Lock.Find(id, revision);
        if ((pinned?.Snapshot.Commit ?? settings.Cache.CommitOf(id, revision)) is not { } commit) return null;

        var folder = settings.Cache.SnapshotOf(id, commit);
        if (!Directory.Exists(folder)) return null;

        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Where(File.Exists)
            .Select(path => new HubFile(Path.GetRelativePath(folder, path).Replace('\\', '/'), HubCache.LengthOf(path) ?? 0, HashOf(path, pinned)))
            .OrderBy(file => file.Path, StringComparer.Ordinal)
            .ToList();
        return Agree(new HubTree(new HubSnapshot(id, revision, commit), files), pinned, "The cache");
    }

    // A link is named by the hash; without links the file must be read.
    private static ContentHash HashOf(string path, LockedDataset? pinned)
    {
        if (File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target && ContentHash.TryParse(target.Name, out var hash)) return hash;

        var like = pinned?.Files.FirstOrDefault(file => path.Replace('\\', '/').EndsWith($"/{file.Path}", StringComparison.Ordinal))?.Hash ?? new ContentHash(new string('0', 64));
        return ContentHasher.OfFile(path, like);
    }

    private async Task<HubTree?> OfHubAsync(string id, string revision, CancellationToken cancel)
    {
        if (_down is not null) throw _down;

        var pinned = request.Update ? null : request.Lock.Find(id, revision);
        try
        {
            var commit = pinned?.Snapshot.Commit ?? (ContentHash.IsCommit(revision) ? revision : await _listing.CommitAsync(id, revision, cancel).ConfigureAwait(false));
            return Agree(await _listing.TreeAsync(new HubSnapshot(id, revision, commit), cancel).ConfigureAwait(false), pinned, "The hub");
        }
        catch (DiagnosticException exception) when (exception.Diagnostics[0].Code == HubCodes.RevisionMissing && pinned is null)
        {
            return null;
        }
    }

    private static HubTree Agree(HubTree tree, LockedDataset? pinned, string who)
    {
        foreach (var locked in pinned?.Files ?? [])
        {
            var found = tree.Files.FirstOrDefault(file => file.Path == locked.Path);
            if (found is not null && (found.Hash != locked.Hash || found.Size != locked.Size))
            {
                throw DiagnosticException.Error(HubCodes.LockContradicted, $"{who} has '{tree.Snapshot.Id}/{locked.Path}' with {found.Hash.Kind} {found.Hash} at commit {tree.Snapshot.Commit}, where the lock has {locked.Hash}.",
                    hint: "The content of a commit never changes: do not trust this copy, or recreate the lock with --update.");
            }
        }

        return tree;
    }
}
