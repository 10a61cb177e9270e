using InstructKit.Evaluation.Metrics;

namespace InstructKit.Evaluation.Scoring;

/// <summary>How the scored answer is obtained from a model's output.</summary>
internal enum AnswerReading
{
    /// <summary>By the answer contract of the template.</summary>
    Contract,

    /// <summary>Unchanged, as FLAN's code does with generated texts.</summary>
    Literal,

    /// <summary>Cut as FLAN's code cuts the continuations of base models.</summary>
    Continuation,
}

/// <summary>What to score, and how.</summary>
internal sealed record ScoreRequest
{
    /// <summary>Output folder of the build, or its folder <c>eval</c>.</summary>
    public required string Eval { get; init; }

    /// <summary>Files or folders of predictions; <c>-</c> for the standard input.</summary>
    public required IReadOnlyList<string> Predictions { get; init; }

    /// <summary>Predictions of another run to compare with; empty for none.</summary>
    public IReadOnlyList<string> Compare { get; init; } = [];

    /// <summary>The standard input.</summary>
    public Stream Input { get; init; } = Stream.Null;

    /// <summary>How metrics are computed.</summary>
    public MetricProfile Profile { get; init; } = MetricProfile.All[0];

    /// <summary>The scores by which options are ranked, the first being used in summaries; empty for the profile's.</summary>
    public IReadOnlyList<RankNormalization> Normalizations { get; init; } = [];

    public AnswerReading Reading { get; init; }

    /// <summary>True to score partial predictions, and report their coverage.</summary>
    public bool Partial { get; init; }

    /// <summary>Ids of rows to exclude; null for none.</summary>
    public string? ExcludeIds { get; init; }

    /// <summary>Number of bootstrap resamples; 0 for no intervals.</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>Share of resamples in an interval.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Seed of the resamples.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Threads; the result does not depend on them.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>Number of prediction locations held in memory; others are in a temporary file.</summary>
    public int MemoryEntries { get; init; } = PredictionEntries.DefaultMemoryEntries;

    /// <summary>Bytes of a task's scored answers that are held in memory; beyond them they are in temporary files.</summary>
    public int MemoryBytes { get; init; } = TaskAnswers.DefaultMemoryBytes;
}

/// <summary>Codes of scoring errors.</summary>
public static class ScoreCodes
{
    /// <summary>No evaluation sets were found to score against.</summary>
    public const string NoSets = "IK5001";

    /// <summary>A line that is not a prediction.</summary>
    public const string BadPrediction = "IK5002";

    /// <summary>Predictions are missing, duplicated, or for rows in no set.</summary>
    public const string Incomplete = "IK5003";

    /// <summary>A number needed by a metric or a normalisation is missing.</summary>
    public const string MissingNumber = "IK5004";

    /// <summary>A task has no metric that the profile reports.</summary>
    public const string NoMetric = "IK5005";

    /// <summary>A report that cannot be compared.</summary>
    public const string BadReport = "IK5006";
}
