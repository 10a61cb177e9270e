using InstructKit.Sources.Files;

namespace InstructKit.Sources.Hub;

/// <summary>Puts whole blobs in their places in the cache.</summary>
/// <param name="cache">The cache.</param>
internal sealed class CacheWriter(HubCache cache)
{
    /// <summary>True when the blob has its place in the snapshot, or, without links, the file itself.</summary>
    public bool Has(FetchFile file) => HubCache.LengthOf(PathOf(file)) == file.Size;

    /// <summary>Gives a blob its place in the snapshot: a relative link, or the file itself where the system has no links.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
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

    /// <summary>Notes which commit a revision stands for. A commit needs no note.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Point(HubSnapshot snapshot)
    {
        if (snapshot.Revision == snapshot.Commit) return;

        var path = cache.RefOf(snapshot.Id, snapshot.Revision);
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        OutputFile.WriteAll(folder, Path.GetFileName(path), System.Text.Encoding.ASCII.GetBytes(snapshot.Commit)).Dispose();
    }

    /// <summary>Takes a file with wrong content out of the cache.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public void Remove(FetchFile file)
    {
        File.Delete(PathOf(file));
        File.Delete(cache.BlobOf(file.Snapshot.Id, file.Hash));
    }

    /// <summary>Path of the file in its snapshot.</summary>
    public string PathOf(FetchFile file) => cache.FileOf(file.Snapshot.Id, file.Snapshot.Commit, file.Path);
}
