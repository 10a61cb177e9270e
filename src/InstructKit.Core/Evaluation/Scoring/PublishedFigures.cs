namespace InstructKit.Evaluation.Scoring;

/// <summary>What Wei et al. 2022 publish that figures of one's own can be put beside: per cent, of a model of 137 billion parameters.</summary>
internal static class PublishedFigures
{
    /// <summary>
    /// Averages over held-out inference, closed-book questions and commonsense by what was trained on, growing by one cluster at a time (the cluster ablation), and what instructions in
    /// training and evaluation do.
    /// </summary>
    public static IReadOnlyList<(string Setting, double Average)> Flan { get; } =
    [
        ("trained on 1 cluster (11 datasets): summarization", 49.9),
        ("2 clusters (20): + translation", 55.0),
        ("3 clusters (26): + reading comprehension", 59.3),
        ("4 clusters (30): + sentiment", 59.2),
        ("5 clusters (34): + struct to text", 60.8),
        ("6 clusters (37): + coreference", 61.9),
        ("7 clusters (39): + conversational QA", 63.5),
        ("instructions in training and evaluation, mean of four clusters", 55.2),
        ("no templates in training, instructions in evaluation", 37.3),
        ("names of datasets in training, instructions in evaluation", 46.6),
        ("names of datasets in training and evaluation", 47.0),
    ];
}
