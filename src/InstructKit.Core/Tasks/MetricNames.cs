namespace InstructKit.Tasks;

/// <summary>Names of the metrics that a task may list.</summary>
public static class MetricNames
{
    /// <summary>All names, in the order in which messages show them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "accuracy", "exact_match", "f1", "macro_f1", "squad_em", "squad_f1", "trivia_qa_em", "trivia_qa_f1", "rouge1", "rouge2", "rougeL", "rougeLsum",
        "bleu", "chrf", "ter", "pearson", "spearman", "matthews_corrcoef", "edit_distance", "multirc_em", "multirc_f1a", "record_em", "record_f1",
    ];
}
