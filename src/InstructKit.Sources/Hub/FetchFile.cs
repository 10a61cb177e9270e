namespace InstructKit.Sources.Hub;

/// <summary>A file that is wanted.</summary>
public sealed record FetchFile
{
    /// <summary>The dataset and its commit.</summary>
    public required HubSnapshot Snapshot { get; init; }

    /// <summary>Path in the dataset, with <c>/</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Hash of the content.</summary>
    public required ContentHash Hash { get; init; }

    /// <summary>Keys of the tasks that read it.</summary>
    public required IReadOnlyList<string> Tasks { get; init; }

    /// <summary>How much of it is here.</summary>
    public FileState State { get; init; }

    /// <summary>Bytes that are here.</summary>
    public long Here { get; init; }

    /// <summary>Bytes that have to come.</summary>
    public long Left => Size - Here;

    /// <summary>For people: dataset and path.</summary>
    public string Name => $"{Snapshot.Id}/{Path}";
}

/// <summary>How much of a file is on this machine.</summary>
public enum FileState
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>The beginning, from a download that was stopped.</summary>
    Begun,

    /// <summary>All of it.</summary>
    Cached,
}

/// <summary>Receives progress of a fetch, from several threads at once.</summary>
public interface IFetchObserver
{
    /// <summary>A download begins.</summary>
    /// <param name="file">The file.</param>
    /// <param name="have">Bytes that are here from an earlier try.</param>
    void Begin(FetchFile file, long have);

    /// <summary>So many bytes of a file are here now; fewer than before when it had to start again.</summary>
    void Progress(FetchFile file, long have);

    /// <summary>A try failed and another follows after a pause.</summary>
    void Retry(FetchFile file, string reason, TimeSpan pause);

    /// <summary>A file is whole and checked, or given up.</summary>
    void End(FetchFile file, bool done);
}
