namespace InstructKit.Building;

/// <summary>Codes of what ends a build.</summary>
public static class BuildCodes
{
    /// <summary>More unusable rows than the plan allows.</summary>
    public const string TooManyRejects = "IK2201";
}
