namespace InstructKit.Building;

/// <summary>What a row that cannot be used does to a build.</summary>
public enum BadRowPolicy
{
    /// <summary>The first one ends the build.</summary>
    Fail,

    /// <summary>It goes to the reject file and is counted.</summary>
    Skip,
}
