using System.Runtime.CompilerServices;
using InstructKit.Sources.Hub;
using InstructKit.Tasks;

namespace InstructKit.Fetching;

/// <summary>Downloads the files of tasks on the Hugging Face hub into the hub's shared cache, without Python. Resumes, retries, checks every byte
/// against the hub's hashes, and reports the commit that it got.</summary>
public sealed class HubFetcher : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly HubSettings _settings;
    private readonly HubPacing _pacing;
    private readonly HttpMessageHandler? _own;
    private readonly HubClient _client;

    /// <summary>Creates a fetcher.</summary>
    /// <param name="settings">Hub and cache.</param>
    /// <param name="handler">What sends the requests; must not follow redirects. Null for the network.</param>
    /// <param name="pacing">The clock for retries; null for the real one.</param>
    public HubFetcher(HubSettings settings, HttpMessageHandler? handler = null, HubPacing? pacing = null)
    {
        _settings = settings;
        _pacing = pacing ?? new HubPacing();
        _own = handler is null ? HubClient.CreateHandler() : null;
        _client = new HubClient(settings, _pacing, handler ?? _own!);
    }

    /// <summary>Determines which files the tasks need, at which commit, and how much of them is already here. Writes nothing.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancel">Cancels the work.</param>
    /// <returns>The plan, including errors of single tasks.</returns>
    public Task<FetchPlan> PlanAsync(FetchRequest request, CancellationToken cancel) =>
        new FetchPlanner(request, _settings, new TreeSource(request, _settings, _client)).PlanAsync(cancel);

    /// <summary>Executes a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="jobs">Number of parallel downloads.</param>
    /// <param name="observer">Receives progress; may be null.</param>
    /// <param name="cancel">Cancels the work; partial downloads are kept for the next time.</param>
    /// <exception cref="IOException">The write failed.</exception>
    /// <exception cref="DiagnosticException">The disk does not have enough space (IK8017).</exception>
    public async Task<FetchReport> FetchAsync(FetchPlan plan, int jobs, IFetchObserver? observer, CancellationToken cancel)
    {
        RequireRoom(plan);
        var blobs = plan.Files.GroupBy(file => (file.Snapshot.Id, file.Hash)).Select(group => group.ToList()).ToList();
        Lock gate = new();
        List<(FetchFile File, Diagnostic Reason)> failures = [];
        long received = 0;
        StrongBox<DiagnosticException?> down = new();
        await Parallel.ForEachAsync(blobs, new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancel }, async (files, token) =>
        {
            try
            {
                var bytes = await EnsureAsync(files, plan.Request, observer, down, token).ConfigureAwait(false);
                lock (gate) received += bytes;
            }
            catch (DiagnosticException exception)
            {
                lock (gate)
                {
                    down.Value ??= HubClient.IsDown(exception) ? exception : null;
                    failures.AddRange(exception.Diagnostics.Select(reason => (files[0], reason)));
                }
            }
        }).ConfigureAwait(false);

        return new FetchReport
        {
            Plan = plan,
            Lock = Finish(plan, [.. failures.Select(failure => failure.File)]),
            BytesReceived = received,
            Failures =
            [
                .. plan.Failures.Select(failure => failure.Reason).Distinct(),
                .. failures.OrderBy(failure => failure.File.Name, StringComparer.Ordinal).Select(failure => failure.Reason).Distinct(),
            ],
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _own?.Dispose();
    }

    // Downloads a blob, and links it in each snapshot that contains it.
    private async Task<long> EnsureAsync(
        List<FetchFile> files, FetchRequest request, IFetchObserver? observer, StrongBox<DiagnosticException?> down, CancellationToken cancel)
    {
        var writer = new CacheWriter(_settings.Cache);
        var file = files[0];
        var blob = _settings.Cache.BlobOf(file.Snapshot.Id, file.Hash);
        if (files.TrueForAll(writer.Has) && !(request.Locked || request.Verify)) return 0;

        using var held = await CacheLock.TakeAsync(_settings.Cache.LockOf(file.Snapshot.Id, file.Hash), _pacing, Patience, cancel).ConfigureAwait(false);
        if (request.Locked || request.Verify) files.ForEach(one => Verify(one, writer, blob));

        if (files.TrueForAll(writer.Has)) return 0;

        long received = 0;
        if (HubCache.LengthOf(blob) != file.Size)
        {
            // Once the server does not respond, files not yet started do not each wait for it.
            received = down.Value is { } reason ? throw reason : await DownloadAsync(file, blob, observer, cancel).ConfigureAwait(false);
        }

        files.ForEach(writer.Link);
        return received;
    }

    private async Task<long> DownloadAsync(FetchFile file, string blob, IFetchObserver? observer, CancellationToken cancel)
    {
        if (_settings.Offline)
        {
            var message = $"HF_HUB_OFFLINE is set, and '{file.Name}' is not in the cache '{_settings.Cache.Root}'.";
            throw DiagnosticException.Error(HubCodes.NotInCache, message, hint: "Fetch once with the network.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        using var download = new BlobDownload(_client, _pacing, file, blob, observer);
        var done = false;
        try
        {
            await download.RunAsync(cancel).ConfigureAwait(false);
            done = true;
        }
        finally
        {
            observer?.End(file, done);
        }

        return download.Received;
    }

    private static void Verify(FetchFile file, CacheWriter writer, string blob)
    {
        var path = File.Exists(writer.PathOf(file)) ? writer.PathOf(file) : blob;
        if (File.Exists(path) && ContentHasher.OfFile(path, file.Hash) != file.Hash) writer.Remove(file);
    }

    // A revision points at its commit, and is listed in the lock, only when it is complete.
    private HubLock Finish(FetchPlan plan, List<FetchFile> failed)
    {
        var writer = new CacheWriter(_settings.Cache);
        var result = plan.Request.Lock;
        foreach (var group in plan.Files.GroupBy(file => file.Snapshot))
        {
            if (group.Any(file => failed.Exists(other => other.Snapshot.Id == file.Snapshot.Id && other.Hash == file.Hash))) continue;

            if (!_settings.Offline) writer.Point(group.Key);

            result = result.With(new LockedDataset(group.Key, [.. group.Select(file => new LockedFile(file.Path, file.Size, file.Hash))]));
        }

        return result;
    }

    private void RequireRoom(FetchPlan plan)
    {
        if (plan.Left == 0) return;

        Directory.CreateDirectory(_settings.Cache.Root);
        if (RoomOf(_settings.Cache.Root) is { } room && room < plan.Left)
        {
            var message = string.Create(CultureInfo.InvariantCulture, $"{plan.Left:#,0} bytes have to come, and the disk of '{_settings.Cache.Root}' has room for {room:#,0}.");
            throw DiagnosticException.Error(HubCodes.NoRoom, message, hint: "Set HF_HUB_CACHE to a folder on a larger disk, or fetch fewer tasks.");
        }
    }

    // Null if the system does not report it, as with some network disks.
    private static long? RoomOf(string folder)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
