namespace InstructKit.Evaluation.Scoring;

/// <summary>What Wei et al. 2022 publish that figures of one's own can be put beside: per cent, of a model of 137 billion parameters.</summary>
internal static class PublishedFigures
{
    /// <summary>
    /// Means over the templates of a dataset, zero-shot. Of the paper's 25 datasets those of the clusters whose average its first figure prints, too: inference 56.2, reading
    /// comprehension 77.4 and closed-book questions 53.7 (TriviaQA on the dev split of TFDS).
    /// </summary>
    public static IReadOnlyDictionary<string, double> FlanTasks { get; } = new Dictionary<string, double>(StringComparer.Ordinal)
    {
        ["anli_r1"] = 47.7,
        ["anli_r2"] = 43.9,
        ["anli_r3"] = 47.0,
        ["cb"] = 64.1,
        ["rte"] = 78.3,
        ["bool_q"] = 80.2,
        ["multirc"] = 74.5,
        ["openbookqa"] = 77.4,
        ["arc_easy"] = 79.5,
        ["arc_challenge"] = 61.7,
        ["natural_questions"] = 18.6,
        ["trivia_qa"] = 55.0,
    };

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
