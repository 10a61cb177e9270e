namespace InstructKit.Building.Plans;

/// <summary>Codes of builds and of what they leave.</summary>
public static class BuildCodes
{
    /// <summary>More unusable rows than the plan allows.</summary>
    public const string TooManyRejects = "IK2201";

    /// <summary>A manifest that cannot be read.</summary>
    public const string BadManifest = "IK2202";

    /// <summary>An index of evaluation sets that cannot be read.</summary>
    public const string BadEvaluationIndex = "IK2203";
}
