namespace InstructKit.Building;

/// <summary>What a task without files does to a build.</summary>
public enum MissingDataPolicy
{
    /// <summary>The build ends before anything is written.</summary>
    Fail,

    /// <summary>The task is left out and named in the manifest.</summary>
    Skip,
}
