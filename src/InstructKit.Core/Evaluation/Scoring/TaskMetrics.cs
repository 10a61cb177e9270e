using InstructKit.Building.EvaluationOutput;
using InstructKit.Evaluation.Metrics;

namespace InstructKit.Evaluation.Scoring;

/// <summary>A figure of the report: a name, and the source of its number.</summary>
/// <param name="Name">Name of the metric, as in the task.</param>
/// <param name="Metric">Index among <see cref="TaskMetrics.Computed"/>.</param>
/// <param name="Figure">Index among the metric's figures.</param>
/// <param name="Scale">Factor of the figure: profiles differ in whether a perfect score is 100 or 1.</param>
internal sealed record ScoredFigure(string Name, int Metric, int Figure, double Scale);

/// <summary>The metrics computed for a task with a profile. Ranked options are scored by accuracy if the task has accuracy or exact match; every other metric
/// sees the chosen option, as if the model had written it.</summary>
internal sealed class TaskMetrics
{
    private TaskMetrics(bool isRanked, RankNormalization choice, IReadOnlyList<Metric> computed, IReadOnlyList<ScoredFigure> figures) =>
        (IsRanked, Choice, Computed, Figures) = (isRanked, choice, computed, figures);

    /// <summary>True for log-likelihoods of options, false for texts.</summary>
    public bool IsRanked { get; }

    /// <summary>The score that chooses the option seen by text metrics.</summary>
    public RankNormalization Choice { get; }

    public IReadOnlyList<Metric> Computed { get; }

    /// <summary>The figures; summaries use the first.</summary>
    public IReadOnlyList<ScoredFigure> Figures { get; }

    /// <summary>Number of statistics of an answer, of all metrics.</summary>
    public int Width => Computed.Sum(metric => metric.Width);

    /// <summary>Selects the metrics for a task.</summary>
    /// <exception cref="DiagnosticException">The profile reports none of its metrics (IK5005).</exception>
    public static TaskMetrics Of(EvaluationSetEntry set, bool isRanked, ScoreRequest request)
    {
        var profile = request.Profile;
        var classes = set.Options?.Count ?? 2;
        var normalizations = request.Normalizations.Count > 0 ? request.Normalizations : profile.Normalizations;
        List<Metric> computed = [];
        List<ScoredFigure> figures = [];
        foreach (var name in set.Metrics)
        {
            if (profile.Resolve(set.Task, name) is not { } wanted) continue;

            if (isRanked && wanted.Metric is "accuracy" or "exact_match" or "exact_match_lenient")
            {
                foreach (var normalization in normalizations)
                    Add(MetricTable.Create(normalization.Metric), normalization.Metric, 0);

                continue;
            }

            var metric = MetricTable.Create(isRanked && wanted.Metric == "record" && profile.RanksDistinctEntities ? "record_ranked" : wanted.Metric, classes);
            Add(metric, name, metric.Figures.ToList().IndexOf(wanted.Figure));
        }

        // Figures in addition to accuracy for the ranking of two fixed classes (T5's rank_classification for two classes).
        if (isRanked && set.Options?.Count == 2 && figures.Count > 0)
        {
            foreach (var name in (ReadOnlySpan<string>)["auc_roc", "auc_pr"]) Add(MetricTable.Create(name), name, 0);
        }

        return figures.Count > 0 ? new TaskMetrics(isRanked, normalizations[0], computed, figures) : throw new DiagnosticException(new Diagnostic(
            ScoreCodes.NoMetric, Severity.Error, $"The task '{set.Task}' has no metric that the profile '{profile.Name}' reports: it has {(set.Metrics.Count == 0 ? "none" : string.Join(", ", set.Metrics))}.")
        { Hint = "Add one under `metrics:` in its file and build again, or choose another --profile." });

        void Add(Metric metric, string name, int figure)
        {
            if (figures.Exists(one => one.Name == name)) return;

            var at = computed.FindIndex(one => one.Name == metric.Name);
            if (at < 0)
            {
                at = computed.Count;
                computed.Add(metric);
            }

            // BLEU, chrF, TER and distances keep their own scale in every profile.
            var keepsScale = double.IsInfinity(metric.Upper) || metric is Bleu or Chrf;
            figures.Add(new ScoredFigure(name, at, figure, keepsScale ? 1 : profile.Scale / 100));
        }
    }
}
