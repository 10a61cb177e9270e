namespace InstructKit.Sources.Hub;

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
