using InstructKit.Sources.Files;

namespace InstructKit.Sources.Hub;

/// <summary>The folder in which the hub's clients keep downloads, in the layout that the hub documents for authors of other clients:
/// <c>datasets--owner--name/</c> with <c>refs/REVISION</c> (a commit), <c>blobs/HASH</c> and <c>snapshots/COMMIT/PATH</c>, a link to a blob. Python's downloads
/// are found here and vice versa.</summary>
/// <param name="root">The folder, usually <c>~/.cache/huggingface/hub</c>.</param>
public sealed class HubCache(string root)
{
    /// <summary>The name of the cache in lists of data folders.</summary>
    public const string RootWord = "hub";

    /// <summary>The folder.</summary>
    public string Root => root;

    /// <summary>Folder of a dataset.</summary>
    public string FolderOf(string id) => Path.Combine(root, $"datasets--{id.Replace("/", "--", StringComparison.Ordinal)}");

    /// <summary>Path of a blob.</summary>
    public string BlobOf(string id, ContentHash hash) => Path.Combine(FolderOf(id), "blobs", hash.Hex);

    /// <summary>Path of the lock file that guards a blob between processes.</summary>
    public string LockOf(string id, ContentHash hash) => Path.Combine(root, ".locks", Path.GetFileName(FolderOf(id)), $"{hash.Hex}.lock");

    /// <summary>Folder of a commit's files.</summary>
    public string SnapshotOf(string id, string commit) => Path.Combine(FolderOf(id), "snapshots", commit);

    /// <summary>Path of a commit's file.</summary>
    public string FileOf(string id, string commit, string path) => Path.Combine(SnapshotOf(id, commit), path.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Path of the file that records the commit of a revision.</summary>
    public string RefOf(string id, string revision) => Path.Combine(FolderOf(id), "refs", revision.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>The commit of a revision when it was last downloaded; a commit stands for itself. Null when unknown.</summary>
    /// <exception cref="IOException">The file exists but cannot be read.</exception>
    public string? CommitOf(string id, string revision)
    {
        if (ContentHash.IsCommit(revision)) return revision;

        if (!HubNames.IsId(id) || !HubNames.IsSafePath(revision) || !File.Exists(RefOf(id, revision))) return null;

        var commit = File.ReadAllText(RefOf(id, revision)).Trim();
        return ContentHash.IsCommit(commit) ? commit : null;
    }

    /// <summary>Length of a file behind links, or null when it is not there.</summary>
    public static long? LengthOf(string path)
    {
        if (!File.Exists(path)) return null;

        // The length that a listing gives for a link is that of the link.
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return RandomAccess.GetLength(handle);
    }
}

/// <summary>Moves complete blobs to their places in the cache.</summary>
internal sealed class CacheWriter(HubCache cache)
{
    /// <summary>True when the blob has its place in the snapshot, or, without links, the file itself.</summary>
    public bool Has(FetchFile file) => HubCache.LengthOf(PathOf(file)) == file.Size;

    /// <summary>Gives a blob its place in the snapshot: a relative link, or the file itself where the system has no links.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    public void Link(FetchFile file)
    {
        var path = PathOf(file);
        var blob = cache.BlobOf(file.Snapshot.Id, file.Hash);
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{file.Hash.Hex}.{Environment.ProcessId}.tmp");
        File.Delete(temporary);
        try
        {
            File.CreateSymbolicLink(temporary, Path.GetRelativePath(folder, blob));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            File.Copy(blob, temporary, overwrite: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Records the commit of a revision. A commit needs no record.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Point(HubSnapshot snapshot)
    {
        if (snapshot.Revision == snapshot.Commit) return;

        var path = cache.RefOf(snapshot.Id, snapshot.Revision);
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        OutputFile.WriteAll(path, System.Text.Encoding.ASCII.GetBytes(snapshot.Commit));
    }

    /// <summary>Removes a file with wrong content from the cache.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public void Remove(FetchFile file)
    {
        File.Delete(PathOf(file));
        File.Delete(cache.BlobOf(file.Snapshot.Id, file.Hash));
    }

    /// <summary>Path of the file in its snapshot.</summary>
    public string PathOf(FetchFile file) => cache.FileOf(file.Snapshot.Id, file.Snapshot.Commit, file.Path);
}

/// <summary>Holds a lock file of the cache, so that no two processes write one blob. On Unix an exclusively opened file is an advisory lock of the system
/// (flock), which is what the hub's Python client uses, too.</summary>
internal sealed class CacheLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private readonly FileStream _file;

    private CacheLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, waiting while another process holds it.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="pacing">Provides the clock.</param>
    /// <param name="patience">Longest wait.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="DiagnosticException">Another process does not release it (IK8018).</exception>
    /// <exception cref="IOException">The lock file cannot be created.</exception>
    public static async Task<CacheLock> TakeAsync(string path, HubPacing pacing, TimeSpan patience, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (var waited = TimeSpan.Zero; ; waited += Pause)
        {
            try
            {
                return new CacheLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException exception) when (exception.GetType() == typeof(IOException) && File.Exists(path))
            {
                if (waited >= patience)
                {
                    var message = string.Create(CultureInfo.InvariantCulture, $"Another process has held the same file for {patience.TotalSeconds:0} seconds (lock '{path}').");
                    throw new DiagnosticException(new Diagnostic(HubCodes.CacheBusy, Severity.Error, message) { Hint = "Wait for it to end and fetch again." }, exception);
                }
            }

            await pacing.Delay(Pause, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Releases the lock. The file stays, as with the hub's own client: removing it would let two others in at once.</summary>
    public void Dispose() => _file.Dispose();
}
