
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
