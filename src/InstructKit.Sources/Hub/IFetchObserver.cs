namespace InstructKit.Sources.Hub;

/// <summary>Is told how a fetch goes on, from several threads at once.</summary>
public interface IFetchObserver
{
    /// <summary>A download begins.</summary>
    /// <param name="file">The file.</param>
    /// <param name="have">Bytes that are here from an earlier try.</param>
    void Begin(FetchFile file, long have);

    /// <summary>So many bytes of a file are here now; fewer than before when it had to begin anew.</summary>
    void Progress(FetchFile file, long have);

    /// <summary>A try failed and another follows after a pause.</summary>
    void Retry(FetchFile file, string reason, TimeSpan pause);

    /// <summary>A file is whole and checked, or given up.</summary>
    void End(FetchFile file, bool done);
}
