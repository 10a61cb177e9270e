namespace InstructKit.Evaluation.Metrics;

/// <summary>All metrics. Adding one takes a file and a row here.</summary>
internal static class MetricTable
{
    private static readonly Dictionary<string, Func<string, int, Metric>> Rows = new(StringComparer.Ordinal)
    {
        ["accuracy"] = (name, _) => new Accuracy(name),
        ["exact_match"] = (name, _) => new ExactMatch(name, new ExactMatchOptions()),
        ["exact_match_lenient"] = (name, _) => new ExactMatch(name, new ExactMatchOptions { IgnoreCase = true, IgnorePunctuation = true }),
        ["squad"] = (name, _) => new AnswerMatch(name, AnswerRules.Squad),
        ["squad_v2"] = (name, _) => new AnswerMatch(name, AnswerRules.SquadV2),
        ["trivia_qa"] = (name, _) => new AnswerMatch(name, AnswerRules.TriviaQa),
        ["coqa"] = (name, _) => new AnswerMatch(name, AnswerRules.Coqa),
        ["coqa_official"] = (name, _) => new AnswerMatch(name, AnswerRules.CoqaOfficial),
        ["record"] = (name, _) => new AnswerMatch(name, AnswerRules.Squad, takesFirstOfGroup: true),
        ["drop"] = (name, _) => new Drop(name),
        ["multirc"] = (name, _) => new MultiRc(name),
        ["f1_with_invalid"] = (name, _) => new F1WithInvalid(name),
        ["macro_f1"] = (name, classes) => new MacroF1(name, classes),
        ["matthews_corrcoef"] = (name, _) => new Matthews(name),
        ["pearson"] = (name, _) => new Pearson(name),
        ["spearman"] = (name, _) => new Spearman(name),
        ["bleu_13a"] = (name, _) => new Bleu(name, new BleuOptions { Tokenizer = BleuTokenizer.Find("13a")! }),
        ["bleu_intl"] = (name, _) => new Bleu(name, new BleuOptions { Tokenizer = BleuTokenizer.Find("intl")! }),
        ["bleu_zh"] = (name, _) => new Bleu(name, new BleuOptions { Tokenizer = BleuTokenizer.Find("zh")! }),
        ["bleu_char"] = (name, _) => new Bleu(name, new BleuOptions { Tokenizer = BleuTokenizer.Find("char")! }),
        ["bleu_none"] = (name, _) => new Bleu(name, new BleuOptions { Tokenizer = BleuTokenizer.Find("none")! }),
        ["chrf"] = (name, _) => new Chrf(name, new ChrfOptions()),
        ["chrf++"] = (name, _) => new Chrf(name, new ChrfOptions { WordOrder = 2 }),
        ["ter"] = (name, _) => new Ter(name, new TerOptions()),
        ["rouge"] = (name, _) => new Rouge(name, new RougeOptions { SplitsSentences = true }),
        ["rouge_stem"] = (name, _) => new Rouge(name, new RougeOptions { Stem = true }),
        ["edit_distance"] = (name, _) => new EditDistance(name),
        ["acc"] = (name, _) => new RankAccuracy(name, RankNormalization.Raw),
        ["acc_token"] = (name, _) => new RankAccuracy(name, RankNormalization.PerToken),
        ["acc_norm"] = (name, _) => new RankAccuracy(name, RankNormalization.PerCharacter),
        ["acc_bytes"] = (name, _) => new RankAccuracy(name, RankNormalization.PerByte),
        ["acc_mutual_info"] = (name, _) => new RankAccuracy(name, RankNormalization.Unconditional),
        ["record_ranked"] = (name, _) => new RankedRecord(name),
        ["auc_roc"] = (name, _) => new AreaUnderCurve(name, isRoc: true),
        ["auc_pr"] = (name, _) => new AreaUnderCurve(name, isRoc: false),
        ["rank_f1"] = (name, classes) => new RankF1(name, classes, RankNormalization.Raw),
    };

    /// <summary>The names of all metrics.</summary>
    public static IReadOnlyCollection<string> Names => Rows.Keys;

    /// <summary>Creates a metric.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="classes">Number of classes of the task.</param>
    public static Metric Create(string name, int classes = 2) => Rows[name](name, classes);
}
