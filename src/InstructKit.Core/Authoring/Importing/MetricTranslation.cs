namespace InstructKit.Authoring.Importing;

/// <summary>Maps other tools' metric names to ours.</summary>
internal static class MetricTranslation
{
    // promptsource's metadata are free text; these are the names that its form offers, and the two spellings that occur.
    private static readonly (string Theirs, string[] Ours)[] Promptsource =
    [
        ("Accuracy", ["accuracy"]), ("BLEU", ["bleu"]), ("ROUGE", ["rouge1", "rouge2", "rougeLsum"]), ("Squad", ["squad_em", "squad_f1"]),
        ("Trivia QA", ["trivia_qa_em", "trivia_qa_f1"]), ("Pearson Correlation", ["pearson"]), ("Pearson correlation", ["pearson"]),
        ("Spearman Correlation", ["spearman"]), ("MultiRC", ["multirc_em", "multirc_f1a"]), ("Edit Distance", ["edit_distance"]),
    ];

    private static readonly (string Theirs, string[] Ours)[] LmEval =
    [
        ("acc", ["accuracy"]), ("acc_norm", ["accuracy"]), ("exact_match", ["exact_match"]), ("em", ["exact_match"]), ("f1", ["f1"]), ("bleu", ["bleu"]),
        ("mcc", ["matthews_corrcoef"]), ("rouge1", ["rouge1"]), ("rouge2", ["rouge2"]), ("rougeL", ["rougeL"]), ("rougeLsum", ["rougeLsum"]),
        ("chrf", ["chrf"]), ("ter", ["ter"]),
    ];

    /// <summary>From promptsource's metadata; unknown names are omitted.</summary>
    public static IReadOnlyList<string> FromPromptsource(IEnumerable<string> names) => Translate(Promptsource, names);

    /// <summary>From a task of lm-evaluation-harness; unknown names are omitted.</summary>
    public static IReadOnlyList<string> FromLmEval(IEnumerable<string> names) => Translate(LmEval, names);

    private static List<string> Translate((string Theirs, string[] Ours)[] table, IEnumerable<string> names) =>
        [.. names.SelectMany(name => table.Where(row => row.Theirs == name).SelectMany(row => row.Ours)).Distinct(StringComparer.Ordinal)];
}
