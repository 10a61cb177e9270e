using System.Collections.Frozen;

namespace InstructKit.Evaluation.Metrics;

/// <summary>Properties of a task that affect its metrics.</summary>
/// <param name="Classes">Number of classes of the task.</param>
internal sealed record MetricSettings(int Classes = 2);

/// <summary>One row of the table of metrics.</summary>
/// <param name="Name">Name of the metric.</param>
/// <param name="Create">Creates the metric; its properties describe its inputs and figures.</param>
internal sealed record MetricDescriptor(string Name, Func<MetricSettings, Metric> Create);

/// <summary>All metrics. Adding one takes a file and a row here.</summary>
internal static class MetricTable
{
    private static readonly string[] AnswerFigures = ["em", "f1"];

    /// <summary>The rows, in the order in which they are listed to users.</summary>
    public static IReadOnlyList<MetricDescriptor> All { get; } =
    [
        new("accuracy", static _ => new Accuracy { Name = "accuracy", Figures = ["accuracy"], Inputs = MetricInputs.Text, Width = 2 }),
        new("label_accuracy", static _ => new ValueAccuracy { Name = "label_accuracy", Figures = ["accuracy"], Inputs = MetricInputs.Values, Width = 2 }),
        Exact("exact_match", new ExactMatchOptions()),
        Exact("exact_match_lenient", new ExactMatchOptions { IgnoreCase = true, IgnorePunctuation = true }),
        Answers("squad", AnswerRules.Squad),
        Answers("squad_v2", AnswerRules.SquadV2),
        Answers("trivia_qa", AnswerRules.TriviaQa),
        Answers("coqa", AnswerRules.Coqa),
        Answers("coqa_official", AnswerRules.CoqaOfficial),
        Answers("record", AnswerRules.Squad, MetricInputs.Groups),
        new("drop", static _ => new Drop { Name = "drop", Figures = AnswerFigures, Inputs = MetricInputs.Text, Width = 3 }),
        new("multirc", static _ => new MultiRc
        {
            Name = "multirc", Figures = ["f1a", "em"], Inputs = MetricInputs.Values | MetricInputs.Groups, Width = 5, IsCorpusLevel = true,
        }),
        new("f1_with_invalid", static _ => new F1WithInvalid
        {
            Name = "f1_with_invalid", Figures = ["f1"], Inputs = MetricInputs.Values, Width = 3, IsCorpusLevel = true,
        }),
        new("macro_f1", static settings => new MacroF1
        {
            Name = "macro_f1", Figures = ["macro_f1"], Inputs = MetricInputs.Values, Width = 2, IsCorpusLevel = true, Classes = settings.Classes,
        }),
        new("matthews_corrcoef", static _ => new Matthews
        {
            Name = "matthews_corrcoef", Figures = ["matthews_corrcoef"], Inputs = MetricInputs.Values, Width = 2, Lower = -100, IsCorpusLevel = true,
        }),
        new("pearson", static _ => new Pearson { Name = "pearson", Figures = ["pearson"], Inputs = MetricInputs.Values, Width = 2, Lower = -100, IsCorpusLevel = true }),
        new("spearman", static _ => new Spearman
        {
            Name = "spearman", Figures = ["spearman"], Inputs = MetricInputs.Values, Width = 2, Lower = -100, IsCorpusLevel = true,
        }),
        .. BleuTokenizer.All.Select(static tokenizer => Translation($"bleu_{tokenizer.Name}", new BleuOptions { Tokenizer = tokenizer })),
        new("chrf", static _ => CreateChrf("chrf", new ChrfOptions())),
        new("chrf++", static _ => CreateChrf("chrf++", new ChrfOptions { WordOrder = 2 })),
        new("ter", static _ => CreateTer("ter", new TerOptions())),
        new("rouge", static _ => CreateRouge("rouge", new RougeOptions { SplitsSentences = true })),
        new("rouge_stem", static _ => CreateRouge("rouge_stem", new RougeOptions { Stem = true })),
        new("edit_distance", static _ => new EditDistance
        {
            Name = "edit_distance",
            Figures = ["min", "max", "mean", "median", "sum"],
            Inputs = MetricInputs.Text,
            Width = 1,
            Upper = double.PositiveInfinity,
            HigherIsBetter = false,
            IsCorpusLevel = true,
        }),
        Rank("acc", RankNormalization.Raw),
        Rank("acc_token", RankNormalization.PerToken),
        Rank("acc_norm", RankNormalization.PerCharacter),
        Rank("acc_bytes", RankNormalization.PerByte),
        Rank("acc_mutual_info", RankNormalization.Unconditional),
        new("record_ranked", static _ => new RankedRecord
        {
            Name = "record_ranked", Figures = AnswerFigures, Inputs = MetricInputs.Text | MetricInputs.LogLikelihoods | MetricInputs.OptionTexts, Width = 3,
        }),
        Curve("auc_roc", isRoc: true),
        Curve("auc_pr", isRoc: false),
        new("rank_f1", static settings => CreateRankF1(settings.Classes, RankNormalization.Raw)),
    ];

    private static readonly FrozenDictionary<string, MetricDescriptor> ByName = All.ToFrozenDictionary(static row => row.Name, StringComparer.Ordinal);

    /// <summary>The row with this name, or null.</summary>
    public static MetricDescriptor? Find(string name) => ByName.GetValueOrDefault(name);

    public static Bleu CreateBleu(string name, BleuOptions options) =>
        new() { Name = name, Figures = ["bleu"], Inputs = MetricInputs.Text, Width = 2 + 2 * options.MaxOrder, IsCorpusLevel = true, Options = options };

    public static Chrf CreateChrf(string name, ChrfOptions options) => new()
    {
        Name = name,
        Figures = ["chrf"],
        Inputs = MetricInputs.Text,
        Width = 3 * (options.CharacterOrder + options.WordOrder),
        IsCorpusLevel = true,
        Options = options,
    };

    public static Ter CreateTer(string name, TerOptions options) => new()
    {
        Name = name,
        Figures = ["ter"],
        Inputs = MetricInputs.Text,
        Width = 2,
        Upper = double.PositiveInfinity,
        HigherIsBetter = false,
        IsCorpusLevel = true,
        Options = options,
    };

    public static Rouge CreateRouge(string name, RougeOptions options) =>
        new() { Name = name, Figures = Rouge.Types, Inputs = MetricInputs.Text, Width = Rouge.Types.Count + 1, Options = options };

    public static AnswerMatch CreateAnswers(string name, AnswerRules rules, MetricInputs inputs = MetricInputs.None) => new()
    {
        Name = name,
        Figures = AnswerFigures,
        Inputs = MetricInputs.Text | inputs,
        Width = 3,
        Rules = rules,
        KeepsFirstOfGroup = inputs.HasFlag(MetricInputs.Groups),
    };

    /// <summary>Exact match with the given deletions.</summary>
    public static ExactMatch CreateExact(string name, ExactMatchOptions options) =>
        new() { Name = name, Figures = ["exact_match"], Inputs = MetricInputs.Text, Width = 2, Options = options };

    /// <summary>Accuracy of ranked options.</summary>
    public static RankAccuracy CreateRank(string name, RankNormalization normalization) => new()
    {
        Name = name,
        Figures = [name],
        Inputs = MetricInputs.LogLikelihoods | normalization.Inputs,
        Width = 2,
        Normalization = normalization,
    };

    /// <summary>Accuracy and F1 of ranked options.</summary>
    public static RankF1 CreateRankF1(int classes, RankNormalization normalization) => new()
    {
        Name = "rank_f1",
        Figures = ["accuracy", classes == 2 ? "f1" : "mean_f1"],
        Inputs = MetricInputs.LogLikelihoods | normalization.Inputs,
        Width = 2 + 3 * classes,
        IsCorpusLevel = true,
        Normalization = normalization,
    };

    private static MetricDescriptor Answers(string name, AnswerRules rules, MetricInputs inputs = MetricInputs.None) =>
        new(name, _ => CreateAnswers(name, rules, inputs));

    private static MetricDescriptor Exact(string name, ExactMatchOptions options) => new(name, _ => CreateExact(name, options));

    private static MetricDescriptor Translation(string name, BleuOptions options) => new(name, _ => CreateBleu(name, options));

    private static MetricDescriptor Curve(string name, bool isRoc) => new(name, _ => new AreaUnderCurve
    {
        Name = name,
        Figures = [name],
        Inputs = MetricInputs.LogLikelihoods,
        Width = 2,
        IsCorpusLevel = true,
        IsRoc = isRoc,
    });

    private static MetricDescriptor Rank(string name, RankNormalization normalization) => new(name, _ => CreateRank(name, normalization));
}
