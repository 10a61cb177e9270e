namespace InstructKit.Evaluation.Metrics;

/// <summary>A metric as computed by a profile.</summary>
/// <param name="Metric">Row of <see cref="MetricTable"/>.</param>
internal sealed record ProfileMetric(string Metric, string Figure);

/// <summary>How the metric names of tasks are computed. References differ under one name: FLAN's code scores DROP and CoQA with the SQuAD metric, its paper
/// reports F1 for them, the official scripts and lm-evaluation-harness have their own metrics.</summary>
internal sealed class MetricProfile
{
    /// <summary>One exception to the names' usual meaning.</summary>
    /// <param name="Dataset">Task, or <c>*</c> for all.</param>
    /// <param name="Name">Metric name in tasks.</param>
    /// <param name="Computed">The metric computed instead.</param>
    private sealed record Rule(string Dataset, string Name, ProfileMetric Computed);

    private static readonly Dictionary<string, ProfileMetric> Usual = new(StringComparer.Ordinal)
    {
        ["accuracy"] = new("accuracy", "accuracy"),
        ["exact_match"] = new("exact_match", "exact_match"),
        ["f1"] = new("f1_with_invalid", "f1"),
        ["macro_f1"] = new("macro_f1", "macro_f1"),
        ["squad_em"] = new("squad", "em"),
        ["squad_f1"] = new("squad", "f1"),
        ["trivia_qa_em"] = new("trivia_qa", "em"),
        ["trivia_qa_f1"] = new("trivia_qa", "f1"),
        ["rouge1"] = new("rouge", "rouge1"),
        ["rouge2"] = new("rouge", "rouge2"),
        ["rougeL"] = new("rouge", "rougeL"),
        ["rougeLsum"] = new("rouge", "rougeLsum"),
        ["bleu"] = new("bleu_intl", "bleu"),
        ["chrf"] = new("chrf", "chrf"),
        ["ter"] = new("ter", "ter"),
        ["pearson"] = new("pearson", "pearson"),
        ["spearman"] = new("spearman", "spearman"),
        ["matthews_corrcoef"] = new("matthews_corrcoef", "matthews_corrcoef"),
        ["edit_distance"] = new("edit_distance", "mean"),
        ["multirc_em"] = new("multirc", "em"),
        ["multirc_f1a"] = new("multirc", "f1a"),
        ["record_em"] = new("record", "em"),
        ["record_f1"] = new("record", "f1"),
    };

    private static readonly Rule[] OfficialAnswers =
    [
        new("squad_v2", "squad_em", new("squad_v2", "em")),
        new("squad_v2", "squad_f1", new("squad_v2", "f1")),
        new("drop", "squad_em", new("drop", "em")),
        new("drop", "squad_f1", new("drop", "f1")),
        new("coqa", "squad_em", new("coqa_official", "em")),
        new("coqa", "squad_f1", new("coqa_official", "f1")),
    ];

    private readonly Rule[] _rules;

    private MetricProfile(string name, double scale, string[]? only, Rule[] rules) => (Name, Scale, Only, _rules) = (name, scale, only, rules);

    /// <summary>All profiles; the first is the default.</summary>
    public static IReadOnlyList<MetricProfile> All { get; } =
    [
        // google-research/FLAN calls T5's metrics: BLEU with intl, ROUGE without stemming, SQuAD's metric for DROP and CoQA.
        new("flan-code", 100, null, []),
        // Wei et al. 2022, appendix: accuracy or exact match, but F1 for DROP, MultiRC and SQuAD.
        new("flan-paper", 100, [
            "accuracy", "exact_match", "squad_f1", "multirc_f1a", "trivia_qa_em", "record_em", "bleu", "rouge1", "rouge2", "rougeLsum",
        ], []),
        // The scripts of the datasets' authors; sacrebleu's default tokenizer; rouge_score with stemming.
        new("official", 100, null,
        [
            .. OfficialAnswers,
            new("*", "bleu", new("bleu_13a", "bleu")),
            new("*", "rouge1", new("rouge_stem", "rouge1")),
            new("*", "rouge2", new("rouge_stem", "rouge2")),
            new("*", "rougeL", new("rouge_stem", "rougeL")),
            new("*", "rougeLsum", new("rouge_stem", "rougeLsum")),
        ]),
        // EleutherAI/lm-evaluation-harness: fractions, TriviaQA by exact match without case and punctuation, BLEU with 13a on 0-100.
        new("lm-eval", 1, null,
        [
            .. OfficialAnswers,
            new("trivia_qa", "trivia_qa_em", new("exact_match_lenient", "exact_match")),
            new("natural_questions", "trivia_qa_em", new("exact_match_lenient", "exact_match")),
            new("*", "bleu", new("bleu_13a", "bleu")),
        ]) { Normalizations = [RankNormalization.Raw, RankNormalization.PerCharacter], RanksDistinctEntities = true },
    ];

    public string Name { get; }

    /// <summary>The reported value of a perfect score, 100 or 1; BLEU, chrF, TER and distances keep their own scale.</summary>
    public double Scale { get; }

    /// <summary>The names that the profile reports; null for all.</summary>
    public IReadOnlyList<string>? Only { get; }

    /// <summary>The scores by which options are ranked; summaries use the first.</summary>
    public IReadOnlyList<RankNormalization> Normalizations { get; private init; } = [RankNormalization.Raw];

    /// <summary>True when entities of ReCoRD are ranked without duplicates and in order, as lm-evaluation-harness does.</summary>
    public bool RanksDistinctEntities { get; private init; }

    public static MetricProfile? Find(string name) => All.FirstOrDefault(profile => profile.Name == name);

    /// <summary>The profile's computation of a task's metric; null if it does not report it or the name is unknown.</summary>
    public ProfileMetric? Resolve(string task, string name)
    {
        if (Only is { } only && !only.Contains(name)) return null;
        return _rules.FirstOrDefault(rule => rule.Name == name && (rule.Dataset == "*" || rule.Dataset == task))?.Computed ?? Usual.GetValueOrDefault(name);
    }
}
