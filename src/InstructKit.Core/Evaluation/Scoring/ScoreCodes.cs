namespace InstructKit.Evaluation.Scoring;

/// <summary>Codes of what can be wrong when predictions are scored.</summary>
public static class ScoreCodes
{
    /// <summary>There are no evaluation sets to score against.</summary>
    public const string NoSets = "IK5001";

    /// <summary>A line that is no prediction.</summary>
    public const string BadPrediction = "IK5002";

    /// <summary>Predictions are missing, doubled, or of rows that are in no set.</summary>
    public const string Incomplete = "IK5003";

    /// <summary>A number is missing that a metric or a normalisation needs.</summary>
    public const string MissingNumber = "IK5004";

    /// <summary>A task has no metric that the profile reports.</summary>
    public const string NoMetric = "IK5005";

    /// <summary>A report that cannot be compared with.</summary>
    public const string BadReport = "IK5006";
}
