namespace InstructKit.Sources.Hub;

/// <summary>
/// The folder in which the hub's clients keep what they downloaded, in the layout that the hub documents for those who write clients of their own:
/// <c>datasets--owner--name/</c> with <c>refs/REVISION</c> (a commit), <c>blobs/HASH</c> and <c>snapshots/COMMIT/PATH</c>, a link to a blob. What Python
/// downloaded is found here and the other way round.
/// </summary>
/// <param name="root">The folder, usually <c>~/.cache/huggingface/hub</c>.</param>
public sealed class HubCache(string root)
{
    /// <summary>The word that stands for the cache where data folders are named.</summary>
    public const string RootWord = "hub";

    /// <summary>The folder.</summary>
    public string Root => root;

    /// <summary>Folder of a dataset.</summary>
    public string FolderOf(string id) => Path.Combine(root, $"datasets--{id.Replace("/", "--", StringComparison.Ordinal)}");

    /// <summary>Path of a blob.</summary>
    public string BlobOf(string id, ContentHash hash) => Path.Combine(FolderOf(id), "blobs", hash.Hex);

    /// <summary>Path of the file against which processes lock each other out of a blob.</summary>
    public string LockOf(string id, ContentHash hash) => Path.Combine(root, ".locks", Path.GetFileName(FolderOf(id)), $"{hash.Hex}.lock");

    /// <summary>Folder of a commit's files.</summary>
    public string SnapshotOf(string id, string commit) => Path.Combine(FolderOf(id), "snapshots", commit);

    /// <summary>Path of a commit's file.</summary>
    public string FileOf(string id, string commit, string path) => Path.Combine(SnapshotOf(id, commit), path.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Path of the file that says which commit a revision stood for.</summary>
    public string RefOf(string id, string revision) => Path.Combine(FolderOf(id), "refs", revision.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>The commit that a revision stood for when it was last downloaded; a commit stands for itself. Null when none is known.</summary>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
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
