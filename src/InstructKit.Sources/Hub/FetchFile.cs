namespace InstructKit.Sources.Hub;

/// <summary>A file to be fetched.</summary>
public sealed record FetchFile
{
    /// <summary>The dataset and its commit.</summary>
    public required HubSnapshot Snapshot { get; init; }

    /// <summary>Path in the dataset, with <c>/</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Hash of the content.</summary>
    public required ContentHash Hash { get; init; }

    /// <summary>Keys of the tasks that read it.</summary>
    public required IReadOnlyList<string> Tasks { get; init; }

    /// <summary>How much of it is on this machine.</summary>
    public FileState State { get; init; }

    /// <summary>Bytes already on this machine.</summary>
    public long Here { get; init; }

    /// <summary>Bytes still to be downloaded.</summary>
    public long Left => Size - Here;

    /// <summary>For display: dataset and path.</summary>
    public string Name => $"{Snapshot.Id}/{Path}";
}

/// <summary>How much of a file is on this machine.</summary>
public enum FileState
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>The beginning, from an interrupted download.</summary>
    Begun,

    /// <summary>All of it.</summary>
    Cached,
}

/// <summary>Receives progress of a fetch, from several threads at once.</summary>
public interface IFetchObserver
{
    /// <summary>A download begins.</summary>
    /// <param name="file">The file.</param>
    /// <param name="have">Bytes already there from an earlier attempt.</param>
    void Begin(FetchFile file, long have);

    /// <summary>Number of bytes of a file received so far; fewer than before when the download had to restart.</summary>
    void Progress(FetchFile file, long have);

    /// <summary>An attempt failed; another follows after a pause.</summary>
    void Retry(FetchFile file, string reason, TimeSpan pause);

    /// <summary>A file is complete and verified, or was given up.</summary>
    void End(FetchFile file, bool done);
}
